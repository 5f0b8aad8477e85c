//! SIGTERM leaves no half file and exits 75: run it again. A panic is exit 1 with a sentence.

use std::sync::{Mutex, PoisonError};

use crate::{Cannot, Code, files, log};

/// What to do with a panic's sentence instead of exiting 1: with `--on-failure record` the fault goes into the document.
type Rescue = Box<dyn FnOnce(&Cannot) -> Code + Send>;
static RESCUE: Mutex<Option<Rescue>> = Mutex::new(None);

pub(crate) fn on_panic(rescue: Rescue) {
    *RESCUE.lock().unwrap_or_else(PoisonError::into_inner) = Some(rescue);
}

/// Installed once a process; the hook ends the process itself, so that it works with `panic = "abort"` too.
pub(crate) fn install(step: &'static str) {
    std::panic::set_hook(Box::new(move |panic| {
        let at = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
        let cannot = Cannot::bug(format!("a bug in {step}{at}: {}", message(panic)));
        let rescue = RESCUE.lock().unwrap_or_else(PoisonError::into_inner).take();
        let code = rescue.map_or(Code::Bug, |rescue| rescue(&cannot));
        files::remove_temporary();
        log::failure(step, &cannot);
        std::process::exit(i32::from(code as u8));
    }));
    if let Ok(mut signals) = signal_hook::iterator::Signals::new([signal_hook::consts::SIGTERM]) {
        std::thread::spawn(move || {
            if signals.forever().next().is_some() {
                files::remove_temporary();
                log::failure(step, &Cannot::not_yet("stopped by SIGTERM; nothing was written, run it again"));
                std::process::exit(i32::from(Code::NotYet as u8));
            }
        });
    }
}

fn message(panic: &std::panic::PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").chars().take(200).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
