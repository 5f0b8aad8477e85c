//! SIGTERM leaves no half file and exits 75: run it again. A panic is exit 1 with a sentence.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};

use crate::{Cannot, Code, files, log};

/// What to do with a panic's sentence instead of exiting 1: with `--on-failure record` the fault goes into the document.
type Rescue = Box<dyn FnOnce(&Cannot) -> Code + Send>;
static RESCUE: Mutex<Option<Rescue>> = Mutex::new(None);

/// The one thread that ends the process: it alone writes the document and says the last line.
static ENDING: OnceLock<ThreadId> = OnceLock::new();

/// How long SIGTERM waits for a document that is being written.
const WRITING: Duration = Duration::from_secs(2);

pub(crate) fn on_panic(rescue: Rescue) {
    *RESCUE.lock().unwrap_or_else(PoisonError::into_inner) = Some(rescue);
}

fn may_end() -> bool {
    let me = thread::current().id();
    *ENDING.get_or_init(|| me) == me
}

/// From here on this thread ends the process. Never returns when another one does already.
pub(crate) fn end() {
    while !may_end() {
        thread::park();
    }
}

/// Installed once a process; the hook ends the process itself, so that it works with `panic = "abort"` too.
pub(crate) fn install(step: &'static str) {
    std::panic::set_hook(Box::new(move |panic| {
        end();
        let at = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
        let cannot = Cannot::bug(format!("a bug in {step}{at}: {}", message(panic)));
        let rescue = RESCUE.lock().unwrap_or_else(PoisonError::into_inner).take();
        let code = rescue.map(|rescue| rescue(&cannot)).unwrap_or_else(|| {
            log::failure(step, &cannot.and("no document was written"));
            Code::Bug
        });
        exit(code);
    }));
    if let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGTERM, SIGINT]) {
        thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                stop(step, signal);
            }
        });
    }
}

fn stop(step: &'static str, signal: i32) {
    let mut left = "no document was written, it is safe to run it again";
    if !may_end() {
        // The document is being written: that takes no time, unless whoever reads it does not read.
        thread::sleep(WRITING);
        left = "what was written may not be whole, run it again";
    }
    if signal == SIGINT {
        files::remove_temporary();
        // Whoever pressed Ctrl-C knows; a shell wants to see that the signal ended the process.
        let _ = signal_hook::low_level::emulate_default_handler(SIGINT);
    }
    log::failure(step, &Cannot::not_yet(format!("stopped by a signal; {left}")));
    exit(Code::NotYet);
}

fn exit(code: Code) -> ! {
    files::remove_temporary();
    std::process::exit(i32::from(code as u8))
}

fn message(panic: &std::panic::PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text::Untrusted::new(text.unwrap_or("no message")).terminal()
}
