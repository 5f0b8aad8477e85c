//! What the libraries say that every tool fetches with: a rare tool's network fault is in its library's words.
//!
//! A line of these rows counts only where it speaks of a host outside ([`is_outside`]) and is no notice of a retry, and
//! hardly in a step whose tests failed: a test prints such words about what it tests (see `weigh`).

use crate::rule::{Rule, rule};

/// Words of a line that says that it is not over yet.
const AGAIN: [&str; 8] = [
    "retrying", "will retry", "retries left", "tries left", "tries remaining", "retry attempt", "before retry", "retry in ",
];

/// Ends of names that only a private network knows.
const PRIVATE: [&str; 6] = [".local", ".internal", ".localhost", ".test", ".svc", ".invalid"];

/// What stands before the name of a host that has no address.
const LOOKUPS: [&str; 6] =
    ["translate host name ", "resolve host: ", "getaddrinfo eai_again ", "host lookup: ", "unknownhostexception: ", "dial tcp: lookup "];

/// Whether a line says that a name of one word has no address: such a name is a service of this job.
pub fn lacks_near_name(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line).to_ascii_lowercase();
    LOOKUPS.iter().filter_map(|mark| text.split_once(mark)).any(|(_, rest)| {
        let name = rest.trim_start_matches(['"', '\'', '`']).split([' ', '"', '\'', '`', ':', ')']).next();
        name.is_some_and(|name| !name.is_empty() && !name.contains('.'))
    })
}

/// Words of a side that was reached and refuses, or is refused: another try ends the same.
const REFUSED: [&str; 9] = [
    "certificate verify failed", "certificate_verify_failed", "certificate has expired", "self-signed certificate",
    "self signed certificate", "certificate problem", "x509: certificate", "pkix path building", "response 407",
];

/// Whether a line says that a certificate or a proxy stands in the way.
pub fn is_refused(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line).to_ascii_lowercase();
    REFUSED.iter().any(|words| text.contains(words))
}

/// Whether a line speaks of a host outside, or of none, and does not announce another try.
pub fn is_outside(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line).to_ascii_lowercase();
    if AGAIN.iter().any(|words| text.contains(words)) || is_warning(&text) {
        return false;
    }
    // Of `read tcp 10.1.0.4:39412->HOST` only HOST is the other side, and a resolver is neither.
    let tokens = text.split(|letter: char| letter.is_whitespace() || "'\"`(),=|\\".contains(letter));
    let mut sides = tokens.map(|token| token.rsplit("->").next().unwrap_or(token).trim_matches(['<', '>', ':']));
    !sides.any(|side| !side.ends_with(":53") && is_private(side))
}

/// Whether text names a host, and every one that it names is this machine or near it.
pub fn names_only_near(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let mut hosts = text.split(|letter: char| letter.is_whitespace() || "'\"`(),=".contains(letter)).filter(|token| {
        token.contains("://") || token.starts_with("localhost") || token.starts_with("127.0.0.1")
    });
    let first = hosts.next();
    first.is_some_and(is_private) && hosts.all(is_private)
}

/// Whether a tool warns: it goes on, and says so if it cannot.
fn is_warning(text: &str) -> bool {
    let text = text.trim_start();
    ["warn", "npm warn", "##[warning]", "[warn"].iter().any(|begin| text.starts_with(begin))
}

/// Whether it is the address or the name of a host that is this machine or near it.
fn is_private(token: &str) -> bool {
    let (scheme, rest) = token.split_once("://").unwrap_or(("", token));
    let rest = rest.trim_start_matches('[');
    if rest.starts_with("::1") {
        return true;
    }
    let host = rest.split(['/', ':', ']', '?', ';']).next().unwrap_or_default().trim_end_matches('.');
    if host == "localhost" || PRIVATE.iter().any(|end| host.ends_with(end)) {
        return true;
    }
    let parts: Vec<Option<u8>> = host.split('.').map(|part| part.parse().ok()).collect();
    match parts[..] {
        [Some(127 | 10 | 0), Some(_), Some(_), Some(_)] | [Some(192), Some(168), Some(_), Some(_)] => true,
        [Some(172), Some(second), Some(_), Some(_)] => (16..32).contains(&second),
        // A name of one word is a service of this job.
        _ => scheme.starts_with("http") && !host.is_empty() && !host.contains('.'),
    }
}

/// The rows, a library each.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    rule!("libcurl", InfraTransient, Cause 88,
        ["n't resolve host", "not resolve host", "n't connect to server", "not connect to server", "Timeout was reached", "imed out after ", "SSL_ERROR_SYSCALL", "SSL connect error", "Recv failure: ", "Send failure: ", "transfer closed with", "partial file", "was not closed cleanly", "receiving data from the peer", "sending data to the peer", "framing layer", "Server returned nothing", "GnuTLS recv error", "gnutls_handshake() failed", "in connection to ", "schannel: ", "Empty reply from server"],
        r"[Cc]ould(n't| not) (resolve host|connect to server)|\bTimeout was reached\b|\b(Operation|Connection|Resolving) timed out after \d+ milliseconds|SSL_ERROR_SYSCALL|\bSSL connect error\b|(Recv|Send) failure: (Connection|Operation|Broken pipe|Network)|transfer closed with .*remaining|Transferred a partial file|HTTP/2 stream \d+ was not closed cleanly|Failure when receiving data from the peer|Failed sending data to the peer|HTTP/?2 framing layer|Server returned nothing \(no headers|GnuTLS recv error \(-(54|110|9)\)|gnutls_handshake\(\) failed: (The TLS connection was non-properly|Error in the pull|Handshake failed)|SSL_connect: (Connection reset|SSL_ERROR).* in connection to |schannel: (failed to receive handshake|server closed)|^curl: \(52\) Empty reply from server",
        yes ["curl: (92) HTTP/2 stream 0 was not closed cleanly: INTERNAL_ERROR (err 2)", "critical libmamba Download error (28) Timeout was reached [https://conda.anaconda.org/conda-forge/noarch/repodata.json.zst]", "error: downloading 'https://a.example.com/b.zip' failed  status_string: \"Couldn't resolve host name\""],
        no ["curl: (7) Failed to connect to localhost port 8080 after 0 ms: Couldn't connect to server", "Warning: Timeout was reached. Will retry in 1 second.", "test Timeout was reached_too_late ok"]),
    rule!("libcurl_code", InfraTransient, Cause 90,
        ["curl failed to download with exit code", "exited with code ", "url error ", "URL error ", "status_code: ", "Failed. Status: ", "error code ", "curl: ("],
        r"curl failed to download with exit code (5|6|7|16|18|28|35|52|55|56|92)\b|[Cc]url failed: .* exited with code (5|6|7|16|18|28|35|52|55|56|92)\b|\b[Cc](url|URL) error:? \(?(5|6|7|16|18|28|35|52|55|56|92)\)?(:| while)|status_code: (6|7|18|28|35|52|55|56|92)$|Failed\. Status: (6|7|18|28|35|52|55|56|92);|ERROR \[error code (6|7|18|28|35|52|55|56|92)\]",
        yes ["error: https://github.com/madler/zlib/archive/v1.3.1.tar.gz: curl failed to download with exit code 28", "OpamSolution.Fetch_fail(\"https://github.com/a/b.tbz (Curl failed: \\\"/usr/bin/curl -L -o /tmp/b -- https://github.com/a/b.tbz\\\" exited with code 6)\")", "  - Curl error (6): Could not resolve hostname for https://mirrors.fedoraproject.org/metalink", "  Failed. Status: 28;\"Timeout was reached\""],
        no ["curl failed to download with exit code 22", "cURL error 60: SSL certificate problem: unable to get local issuer certificate", "cURL error 7: Failed to connect to localhost port 80"]),
    rule!("http_gateway", InfraTransient, Cause 87,
        [" 500", " 502", " 503", " 504", " 429", "'50", "`50", "`429", "(50", "][50", "=50"],
        r"(https?://|oci://|host=').*(\breturned (50[234]|429)\b|\b([Ss]tatus|[Rr]esponse)( code)?:? '?(50[0234]|429)\b|too many (50\d|429) error responses|50[234] Server Error|HTTP [Ee]rror:? (50[0234]|429)\b|error \(50[234] |ERROR 50[234]: |HTTP/[12](\.\d)? 50[234]\b)|([Ss]tatus( code)?:?|[Ee]rror:?|HTTP) \(?(50[0234]|429)\)?\b.* (from|for|at|on|to|url:?) \(?'?https://|\((50[234]|429)\) (from|for|at|on|to) https://|(\b[Uu]nexpected (HTTP )?(response|status)( code)?:? (50[0234]|429)|\b50[234] HTTP error|server error \(50[234] |Server returned HTTP response code: 50[0234] for|resulted in a `(50[234]|429) |\]\[50[234]\] ).*|\(http status: 50[234]\)|Response Error \(50[234]\)|: (502|503|504) \((Bad Gateway|Service (Temporarily )?Unavailable|Gateway Time-?[Oo]ut)\)|[Ss]tatus[ _]?[Cc]ode( =|=|:)? ?(50[234]|429)\b.*\b(https?://|bad gateway|Bad Gateway|Service Unavailable|Gateway)|\bstatus: (50[234]|429) \[https://|StatusCodeError: 50[234]|https://\S+: (50[234]|429)( |$)|\b(failed|error|Error|Failed|response|HTTP)\b[^.]*: ?(502|503|504)(:? (Bad Gateway|Service (Temporarily )?Unavailable|Gateway Time-?[Oo]ut).*)?$",
        yes ["Error downloading [https://github.com/a/b.tar.gz] to /t/b.tar.gz: GET returned 502 Bad Gateway", "Unexpected response 503 for http://hackage.haskell.org/timestamp.json", "Max retries exceeded: HTTPSConnectionPool(host='center2.conan.io', port=443): /v1/ping (Caused by ResponseError('too many 502 error responses'))", "error: failed to download plugin: aws-6.56.1: 502 HTTP error fetching plugin", "signing bundle: [POST /api/v1/log/entries][504] createLogEntryDefault", "release-please failed: Error adding to tree: 504", "StatusCodeError: 502 - \"Bad Gateway\"", "Error: HTTP status 500 from https://coveralls.io/api/v1/jobs", "Request failed: 503 (Service Temporarily Unavailable)", "main.go:2:8: example.com/b@v1.0.0: reading https://goproxy.initech.io/example.com/b/@v/v1.0.0.zip: 502 Bad Gateway", "critical libmamba Multi-download failed. Reason: Transfer finalized, status: 502 [https://conda.anaconda.org/a] 4096 bytes"],
        no ["GET http://localhost:8080/health returned 503", "    Received: 504", "expected 200, got status 503", "Error: https://a.example.com/b: 404"]),
    rule!("http_failed_status", InfraTransient, Cause 80,
        ["status code 50", "status code: 50", "status: 50", "Status: 50", "HTTP 50", "HTTP/1.1 50", "HTTP/2 50", "503 Service", "502 Bad", "504 Gateway", "statusCode: 50"],
        r"\b(Request failed with|failed with|responded with|returned|Unexpected|unexpected|Bad|bad)( HTTP)?( response)? ?(status( code)?:?|statusCode:|HTTP) ?(502|503|504)\b|\bHTTP(/\S+)? (502|503|504)\b.*(Bad Gateway|Unavailable|Time-?[Oo]ut)|\b(502 Bad Gateway|503 Service (Temporarily )?Unavailable|504 Gateway Time-?[Oo]ut)",
        yes ["[Nx Cloud] Failed to start the run: Request failed with status code 503"],
        no ["Request failed with status code 404", "Request failed with status code 503 at http://127.0.0.1:3000/"]),
    rule!("go_net", InfraTransient, Cause 90,
        ["dial tcp", "dial udp", "read tcp ", "write tcp ", "net/http: ", "Client.Timeout", "http2: ", "stream error: stream ID", "\": EOF", "\": unexpected EOF", "no such host"],
        r"\bdial (tcp|udp)[46]?:? .*(i/o timeout|connection timed out|no route to host|network is unreachable|no such host|server misbehaving|Temporary failure|operation timed out)|\bdial tcp[46]? \S+:443: connect: connection refused|\b(read|write) tcp \S+->\S+ .*(connection reset by peer|broken pipe|i/o timeout|connection timed out|operation timed out)|net/http: (TLS handshake timeout|request canceled|timeout awaiting response headers|HTTP/1\.x transport connection broken)|\(Client\.Timeout |http2: (server sent GOAWAY|client connection lost|timeout awaiting|Transport: cannot retry)|stream error: stream ID \d+; (INTERNAL_ERROR|REFUSED_STREAM|PROTOCOL_ERROR|NO_ERROR)|\b(Get|Head|Put|Post|Patch|Delete|read) \x22https://[^\x22]+\x22: (unexpected )?EOF",
        yes ["	* plugin \"github.com/hashicorp/amazon\" could not be fetched: Get \"https://api.github.com/repos/a\": net/http: TLS handshake timeout", "	Get \"https://charts.bitnami.com/bitnami/index.yaml\": unexpected EOF", "could not download Bazel: failed to download bazel: stream error: stream ID 1; INTERNAL_ERROR; received from peer", "read tcp 10.1.0.112:39412->104.16.98.215:443: read: connection reset by peer", "dial tcp: lookup registry-1.docker.io on 168.63.129.16:53: read udp 10.1.0.5:41231->168.63.129.16:53: i/o timeout"],
        no ["dial tcp 127.0.0.1:5432: connect: connection refused", "dial tcp 10.96.0.1:443: i/o timeout", "Get \"http://127.0.0.1:41233/\": EOF"]),
    rule!("grpc", InfraTransient, Cause 86,
        ["code = Unavailable desc", "code = DeadlineExceeded desc", "UNAVAILABLE: ", "DEADLINE_EXCEEDED: ", "hosted at that remote is unavailable", "(Exit 34)"],
        r"rpc error: code = (Unavailable|DeadlineExceeded) desc = (connection error|error reading from server|closing transport|transport is closing|received prior goaway|keepalive ping failed|the connection is draining|context deadline exceeded|unexpected HTTP status code received from server: (50[234]|429))|\b(UNAVAILABLE|DEADLINE_EXCEEDED): (io exception|deadline exceeded|Network closed|Connection|HTTP status code 50|upstream|502|503|504|Unable to resolve host)|the server hosted at that remote is unavailable|: \(Exit 34\): ",
        yes ["Compiling core/io.cc failed: (Exit 34): UNAVAILABLE: io exception", "Failure: the server hosted at that remote is unavailable. Are you sure \"buf.build\" is a valid remote address?"],
        no ["rpc error: code = Unavailable desc = no healthy upstream", "rpc error: code = Unavailable desc = connection error: desc = \"transport: dial tcp 127.0.0.1:50051: connect: connection refused\""]),
    rule!("rust_net", InfraTransient, Cause 88,
        ["client error (", "rror trying to connect", "tcp connect error", "dns error", "before message completed", "without sending TLS close_notify", "tls handshake eof", "os error 1", "status server error (5", "Network Error: ", "request or response body error"],
        r"https?://\S+\.\S+.* (client error \((Connect|SendRequest)\)|error trying to connect)|(error trying to connect|tcp connect error): (.*(timed out|reset by peer|unreachable|deadline|No route))|dns error: failed to lookup address information: Temporary failure|connection closed before message completed|peer closed connection without sending TLS close_notify|tls handshake eof|(Connection reset by peer|Connection timed out|Network is unreachable|No route to host|forcibly closed.*|did not properly respond.*) \(os error (104|110|101|113|10054|10060)\)|HTTP status server error \(50|Network Error: .*(timed out|reset|Dns Failed|timeout)|request or response body error: .*(timed out|reset)",
        yes ["  Caused by: peer closed connection without sending TLS close_notify", "error: Import 'https://jsr.io/@std/assert/meta.json' failed: error sending request for url (https://jsr.io/@std/assert/meta.json): client error (Connect): operation timed out", "  Connection reset by peer (os error 104)"],
        no ["tcp connect error: Connection refused (os error 111)", "http://127.0.0.1:3999/health: client error (Connect)"]),
    rule!("python_net", InfraTransient, Cause 89,
        ["Caused by NewConnectionError", "Caused by ConnectTimeoutError", "Caused by ReadTimeoutError", "Caused by NameResolutionError", "Caused by ProtocolError", "Caused by ResponseError", "Caused by SSLError(SSLEOF", "Connection aborted.', ", "IncompleteRead(", "httpx.", "httpcore.", "aiohttp.", "Cannot connect to host ", "ead timed out", "HTTP Error 50", "HTTP Error 429", "HTTP Error 52", "gaierror: ", "violation of protocol", "50 Server Error", " Server Error: ", "core.exceptions.", "botocore.exceptions.", "<urlopen error", "RemoteDisconnected: ", "TimeoutError: ", "socket.timeout: ", "ConnectionResetError: ", "SSLEOFError: "],
        r"\bCaused by (NewConnectionError\(.*(timed out|unreachable|No route|Temporary failure|Errno -[23]\b|Connection refused)|ConnectTimeoutError|ReadTimeoutError|NameResolutionError|ProtocolError|ResponseError\('too many (5\d\d|429)|SSLError\(SSLEOFError)|\('Connection aborted\.', (ConnectionResetError|RemoteDisconnected|TimeoutError|BrokenPipeError)|\bIncompleteRead\(\d+ bytes read|^\s*(httpx|httpcore)\.(ConnectTimeout|ReadTimeout|ReadError|RemoteProtocolError|PoolTimeout|ConnectError: .*(Errno -3|timed out|EOF occurred|Temporary))|aiohttp\.\S*(ServerDisconnectedError|ServerTimeoutError|ConnectionTimeoutError|ClientPayloadError)|Cannot connect to host \S+\.[a-z]+:443 ssl:|HTTPSConnectionPool\(host='[^']+', port=\d+\): Read timed out|\bRead timed out\. \(read timeout=|HTTP Error (50[0234]|429|52\d): |gaierror: \[Errno -3\]|EOF occurred in violation of protocol|\b50[0234] Server Error: .* for url: https://|google\.api_core\.exceptions\.(ServiceUnavailable|GatewayTimeout|DeadlineExceeded|TooManyRequests|InternalServerError|BadGateway): |botocore\.exceptions\.(EndpointConnectionError|ConnectTimeoutError|ReadTimeoutError|ConnectionClosedError): |^(http\.client\.)?RemoteDisconnected: |^(TimeoutError|socket\.timeout): (timed out|The (read|write) operation timed out|\[Errno 110\])|^ConnectionResetError: \[Errno (104|54)\]|SSLEOFError: EOF occurred|<urlopen error (timed out|_ssl|\[Errno -3\]|\[Errno 1(01|04|10|13)\])",
        yes ["ERROR: HTTPSConnectionPool(host='center2.conan.io', port=443): Max retries exceeded with url: /v1/ping (Caused by ResponseError('too many 502 error responses'))", "httpx.ConnectTimeout: timed out", "ConnectionResetError: [Errno 104] Connection reset by peer", "TimeoutError: timed out", "ERROR! Unknown error when attempting to call Galaxy at 'https://galaxy.ansible.com/api/': HTTP Error 504: Gateway Time-out", "  HTTPSConnectionPool(host='files.pythonhosted.org', port=443): Read timed out."],
        no ["HTTPConnectionPool(host='localhost', port=8000): Max retries exceeded with url: / (Caused by NewConnectionError('<urllib3.connection.HTTPConnection>: Failed to establish a new connection: [Errno 111] Connection refused'))", "httpx.ConnectError: All connection attempts failed", "urllib.error.HTTPError: HTTP Error 404: Not Found"]),
    rule!("java_net", InfraTransient, Cause 88,
        ["SocketTimeoutException", "NoRouteToHostException", "ConnectException: Connection timed", "SocketException: ", "Remote host terminated", "SSL peer shut down", "failed: Connection timed out", "failed: connect timed out", "failed: Network is unreachable", "NoHttpResponseException", "Premature end of Content-Length", "HttpTimeoutException", "HttpConnectTimeoutException", "ConnectTimeoutException", "NativeIoException: ", "bytes read ", "Bytes read ", "Tried to reconnect at offset", "UnknownHostException: ", "Read timed out", "onnect timed out"],
        r"\bjava\.net\.(SocketTimeoutException|NoRouteToHostException|ConnectException: Connection timed out|SocketException: (Connection reset|Network is unreachable|Unexpected end of file|Broken pipe))|\bSocketTimeoutException: (Read|[Cc]onnect) timed out|Remote host terminated the handshake|SSL peer shut down incorrectly|Connect to \S+:443 .*failed: (Connection timed out|connect timed out|Network is unreachable|Connection refused|Read timed out)|NoHttpResponseException: |Premature end of Content-Length delimited|java\.net\.http\.Http(Connect)?TimeoutException|ConnectTimeoutException: connection timed out|NativeIoException: .*(Connection reset|timed out)|[Bb]ytes read \d+ but wanted \d+|Tried to reconnect at offset|UnknownHostException: [a-z0-9-]+(\.[a-z0-9-]+)+(: (Temporary failure|Name or service)|\)?$| )|Caught java\.\S+ \((Read timed out|[Cc]onnect timed out|Connection reset)\) while downloading",
        yes ["Caused by: java.net.SocketTimeoutException: timeout", "Could not transfer artifact ring:ring-core:pom:1.12.2 from/to clojars (https://repo.clojars.org/): Connect to repo.clojars.org:443 [repo.clojars.org/199.232.16.249] failed: Connection timed out", "Caused by: io.netty.channel.unix.Errors$NativeIoException: recvAddress(..) failed: Connection reset by peer"],
        no ["java.net.ConnectException: Connection refused", "java.net.UnknownHostException: db", "Connect to localhost:443 failed: Connection refused"]),
    rule!("node_net", InfraTransient, Cause 87,
        ["connect ETIMEDOUT", "getaddrinfo EAI_AGAIN", "before secure TLS", "UND_ERR_", "other side closed", "network timeout at: https", "Premature close", "Timeout awaiting '", "AxiosError: ", "Response code 50", "failed, reason: ", "code: ETIMEDOUT", "code: 'ETIMEDOUT'", "HeadersTimeoutError", "ConnectTimeoutError", "ECONNRESET", "socket hang up", "ETIMEDOUT", "EPIPE", "TypeError: terminated"],
        r"connect ETIMEDOUT \S+:443\b|getaddrinfo EAI_AGAIN \S+\.\S+|Client network socket disconnected before secure TLS|UND_ERR_(CONNECT_TIMEOUT|HEADERS_TIMEOUT|BODY_TIMEOUT)|SocketError: other side closed|network timeout at: https://|(ERR_STREAM_PREMATURE_CLOSE|: Premature close$)|Timeout awaiting '(request|connect|socket|response|secureConnect|lookup)'|AxiosError: (Request failed with status code (50[234]|429)|timeout of \d+ms|read ECONNRESET|getaddrinfo EAI_AGAIN|connect ETIMEDOUT)|Response code (50[234]|429) \(|request to https://\S+ failed, reason: .*(ETIMEDOUT|ECONNRESET|EAI_AGAIN|EPIPE|hang up|timeout|disconnected)|\bcode: '?ETIMEDOUT|https://\S+\.\S+.*(ECONNRESET|socket hang up|ETIMEDOUT)|\b(HeadersTimeoutError|ConnectTimeoutError): |^TypeError: terminated$|^\s*(\[\w+\]:? )?(\w*Error: )*(connect ETIMEDOUT.*|ETIMEDOUT|read ECONNRESET|write EPIPE|socket hang up)( \{)?$",
        yes ["failed to retrieve vault token. code: ETIMEDOUT, message: connect ETIMEDOUT 203.0.113.40:8200", "Error: getaddrinfo EAI_AGAIN storage.googleapis.com", "AxiosError: Request failed with status code 503", "RequestError: Timeout awaiting 'request' for 60000ms", "[percy] Error: ETIMEDOUT", "  [cause]: Error: read ECONNRESET {", "FetchError: request to https://a.s3.amazonaws.com/ failed, reason: write EPIPE"],
        no ["Error: connect ECONNREFUSED 127.0.0.1:5432", "getaddrinfo ENOTFOUND my-test-host", "getaddrinfo EAI_AGAIN redis", "AxiosError: Request failed with status code 404", "connect ETIMEDOUT 10.0.0.9:443"]),
    rule!("dotnet_net", InfraTransient, Cause 88,
        ["unexpected EOF or 0 bytes", "temporarily unavailable (", "service not known (", "timed out (", "reset by peer (", "is unreachable (", "host is known", "did not properly respond", "forcibly closed by the remote host", "response ended prematurely", "indicate success: 5", "indicate success: 429", "from the transport connection", "name could not be resolved"],
        r"unexpected EOF or 0 bytes from the transport|(Resource temporarily unavailable|Name or service not known|Connection timed out|Connection reset by peer|Network is unreachable|No such host is known\.?) \(\S+\.\S+:\d+\)|connected party did not properly respond|forcibly closed by the remote host|The response ended prematurely|does not indicate success: (50[0234]|429)|from the transport connection: (Connection (reset|timed)|A connection|The I/O|An existing|Operation canceled)|The remote name could not be resolved: '\S+\.\S+'",
        yes ["NuGet.targets(174,5): error : Resource temporarily unavailable (api.nuget.org:443)", "error:   Received an unexpected EOF or 0 bytes from the transport stream.", "Response status code does not indicate success: 503 (Service Unavailable)."],
        no ["Connection refused (localhost:5432)", "Response status code does not indicate success: 401 (Unauthorized).", "Connection timed out (10.0.0.4:443)"]),
    rule!("ruby_net", InfraTransient, Cause 87,
        ["Net::OpenTimeout", "Net::ReadTimeout", "Errno::ECONNRESET", "Errno::ETIMEDOUT", "Errno::EHOSTUNREACH", "Errno::ENETUNREACH", "Failed to open TCP connection to", "Faraday::", "SSL_connect returned", "SSL_connect SYSCALL"],
        r"Net::(Open|Read)Timeout\b|Errno::(ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)\b|Failed to open TCP connection to \S+\.\S+:(443|80) \((getaddrinfo: (Temporary failure|Name or service)|execution expired|Connection (timed out|reset)|Network is unreachable)|Faraday::(ConnectionFailed|TimeoutError|ServerError)|SSL_connect (returned=\d+ errno=\d+ .*(unexpected eof|SYSCALL|SSL_ERROR_SYSCALL|SSLv3/TLS write client hello)|SYSCALL returned=5)",
        yes ["Net::OpenTimeout: execution expired", "SocketError: Failed to open TCP connection to rubygems.org:443 (getaddrinfo: Temporary failure in name resolution)"],
        no ["Errno::ECONNREFUSED: Connection refused", "Failed to open TCP connection to 127.0.0.1:9515 (Connection refused - connect(2))"]),
    rule!("php_net", InfraTransient, Cause 87,
        ["php_network_getaddresses", "ailed to open stream: Connection", "HTTP request failed! HTTP/", "could not be downloaded (HTTP/"],
        r"php_network_getaddresses: getaddrinfo .*Temporary failure|[Ff]ailed to open stream: Connection (timed out|reset)|HTTP request failed! HTTP/\S+ (5\d\d|429)|could not be downloaded \(HTTP/\S+ (5\d\d|429)",
        yes ["file_get_contents(): php_network_getaddresses: getaddrinfo for getcomposer.org failed: Temporary failure in name resolution"],
        no ["file_get_contents(a.txt): Failed to open stream: No such file or directory", "HTTP request failed! HTTP/1.1 404 Not Found"]),
    rule!("erlang_net", InfraTransient, Cause 93,
        ["failed_connect", "Mint.TransportError{reason: :", "Request failed (:", "socket_closed_remotely", "httpc request failed"],
        r"failed_connect.*(nxdomain|timeout|etimedout|closed|ehostunreach|enetunreach|tls_alert)|Mint\.TransportError\{reason: :(timeout|closed|nxdomain|ehostunreach|etimedout)|^Request failed \(:(timeout|closed|nxdomain|etimedout|socket_closed)|socket_closed_remotely",
        yes ["** (Mix) httpc request failed with: {:failed_connect, [{:to_address, {~c\"repo.hex.pm\", 443}}, {:inet, [:inet], :nxdomain}]}", "Request failed (:timeout)"],
        no ["%Mint.TransportError{reason: :econnrefused}", "{failed_connect,[{to_address,{\"localhost\",8080}},{inet,[inet],econnrefused}]}"]),
    rule!("perl_net", InfraTransient, Cause 87,
        ["599 Internal Exception", "500 Can't connect to"],
        r"599 Internal Exception:? (.*([Tt]imed out|unreachable|Could not (connect|read|write)|reset|Temporary|Unexpected end of stream))|500 Can't connect to \S+\.\S+:\d+ \(.*(timed out|Temporary|unreachable|timeout)",
        yes ["! Download https://cpanmetadb.plackperl.org/v1.0/package/Moose failed. 599 Internal Exception: Could not connect to 'cpanmetadb.plackperl.org:443': Connection timed out", "599 Internal Exception Timed out while waiting for socket to become ready for reading"],
        no ["599 Internal Exception: certificate verify failed", "500 Can't connect to localhost:3000 (Connection refused)"]),
    rule!("apple_net", InfraTransient, Cause 92,
        ["NSURLErrorDomain", "specified hostname could not be found", "The request timed out.", "network connection was lost", "connection appears to be offline", "badResponseStatusCode(5"],
        r"NSURLErrorDomain Code=-(1001|1003|1004|1005|1009|1200)\b|(download|fetch|resolve|load).*(A server with the specified hostname could not be found|The request timed out|The network connection was lost|Internet connection appears to be offline)|^(error: )?(The network connection was lost|The Internet connection appears to be offline)|badResponseStatusCode\(5",
        yes ["failed downloading 'https://a.example.com/L.zip' which is required by binary target 'L': downloadError(\"A server with the specified hostname could not be found.\")", "error: downloadError(\"Error Domain=NSURLErrorDomain Code=-1001 \\\"(null)\\\"\")"],
        no ["XCTAssertEqual failed: (\"The request timed out.\") is not equal to (\"ok\")", "Error Domain=NSURLErrorDomain Code=-1002"]),
    rule!("zig_dart_nim", InfraTransient, Cause 92,
        ["unable to connect to server: ", "git server capabilities: ", "bad HTTP response code: '5", "Failed host lookup: '", "SocketException: Connection ", "terminated during handshake", "Connection closed before full header", "Connection closed while receiving", "[OSError]", "[HttpRequestError]"],
        r"unable to (connect to server|discover remote git server capabilities): \w*(NameServerFailure|UnknownHostName|ConnectionTimedOut|ConnectionResetByPeer|NetworkUnreachable|TlsInitializationFailed|ConnectionRefused|EndOfStream)|bad HTTP response code: '50|Failed host lookup: '|SocketException: Connection (timed out|reset|terminated)|Connection terminated during handshake|Connection closed (before full header was received|while receiving data)|(Connection timed out|Connection reset|Temporary failure|Network is unreachable).* \[(OSError|HttpRequestError)\]",
        yes ["build.zig.zon:9:20: error: unable to connect to server: TemporaryNameServerFailure", "Failed host lookup: 'pub.dev' (OS Error: Temporary failure in name resolution, errno = -3)", "Error: unhandled exception: Connection timed out [OSError]"],
        no ["unable to connect to server: AccessDenied", "SocketException: Connection refused (OS Error: Connection refused, errno = 111), address = localhost"]),
    rule!("haskell_julia_r", InfraTransient, Cause 90,
        ["res_query(3) failed", "RequestError: ", "HttpExceptionRequest ", "Timeout was reached: [", "NoResponseDataReceived"],
        r"res_query\(3\) failed|RequestError: .*(timed out|Could not resolve|reset|HTTP status code 50|HTTP/\S+ 50)|NoResponseDataReceived|HttpExceptionRequest .*(ConnectionTimeout|ResponseTimeout|ConnectionFailure)",
        yes ["Exception: RequestError: Connection timed out after 30001 milliseconds while requesting https://pkg.julialang.org/registries"],
        no ["RequestError: HTTP/2 404 while requesting https://pkg.julialang.org/x"]),
    rule!("wget_ssh_rsync", InfraTransient, Cause 88,
        ["failed: Connection timed out", "unable to resolve host address", "Read error (Connection", "ssh: connect to host ", "port 22", "client_loop: send disconnect", "No data received.", "Giving up.", "rsync error: ", "ssh_exchange_identification: "],
        r"failed: Connection timed out\.$|wget: unable to resolve host address|Read error \(Connection (reset|timed)|awaiting response\.\.\. No data received\.|Connection closed at byte \d+\. Giving up|ssh: connect to host \S+ port \d+: (Connection (timed out|reset)|Network is unreachable|No route to host|Operation timed out)|^Connection (closed|reset|timed out) .*port 22$|client_loop: send disconnect|rsync error: .*\(code (10|12|30|35)\)|^ssh_exchange_identification: (Connection|read)",
        yes ["HTTP request sent, awaiting response... No data received.", "ssh: connect to host deploy.initech.com port 22: Connection timed out", "rsync error: timeout in data send/receive (code 30) at io.c(200) [sender=3.2.7]"],
        no ["rsync error: some files could not be transferred (code 23) at main.c(1330)", "ssh: connect to host localhost port 22: Connection refused"]),
    rule!("keyserver", InfraTransient, Cause 92, ["gpg: keyserver "], r"^gpg: keyserver \w+ failed: (Server indicated a failure|.*(timed out|Network|No keyserver|unreachable|end of file))", yes ["gpg: keyserver receive failed: Server indicated a failure"], no ["gpg: keyserver receive failed: No data"]),
    rule!("lfs_batch", InfraTransient, Cause 90, ["batch response: ", "LFS: "],
        r"batch response: (Fatal error: Server error|Rate limit|.*(50[0234]|timed? ?out|reset|EOF))|^LFS: .*(Server error|50[0234]|timed? ?out|reset|EOF)",
        yes ["batch response: Fatal error: Server error: https://github.com/initech/assets.git/info/lfs/objects/batch"],
        no ["batch response: This repository is over its data quota.", "batch response: Repository or object not found: https://github.com/a/b"]),
    rule!("throttled_call", InfraTransient, Cause 90, ["An error occurred (", "reduce your request rate"],
        r"An error occurred \((SlowDown|Throttling\w*|RequestLimitExceeded|ServiceUnavailable\w*|RequestTimeout|InternalError|TooManyRequestsException)\) when calling|[Pp]lease reduce your request rate",
        yes ["upload failed: dist/app.js to s3://a/app.js An error occurred (SlowDown) when calling the PutObject operation (reached max retries: 4): Please reduce your request rate."],
        no ["An error occurred (AccessDenied) when calling the PutObject operation: Access Denied"]),
    rule!("says_try_again", InfraTransient, Cause 84,
        ["onnection and try again", "our network connection", "our internet connection", "ommunicating with our servers", "lease try again later", "etry later", "try again in a few", "network issue", "network problem", "etwork error", "emporarily unavailable", "simple retry will", "the internet", "o internet?", "Failed to make request to https"],
        r"[Cc]heck your (internet|network|Internet) connection|unexpected error communicating with our servers|(^|[.,;:!?] )[Pp]lease (try again later|retry later)|[Tt]ry again in a few (minutes|seconds|moments)|\b(due to|because of) (a )?(temporary |transient )?network (issue|problem|error)s?\b|a simple retry will|[Ss]ervice (is )?temporarily unavailable|[Aa]re you connected to the internet|is the internet available|\bno internet\?|Failed to make request to https://",
        yes ["We encountered an unexpected error communicating with our servers.", "  Service temporarily unavailable [code: 10013]", "ERROR: Cannot establish a connection to the component registry. Are you connected to the internet?", "Error: Failed to make request to https://firebasehosting.googleapis.com/v1beta1/projects/-/sites/x"],
        no ["expected 'please try again later' to be shown", "Failed to make request to http://localhost:5001/x"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_side_is_outside_unless_it_is_this_machine_or_near() {
        for line in [
            "dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: server misbehaving",
            "read tcp 10.1.0.112:39412->104.16.98.215:443: read: connection reset by peer",
            "Failed to connect to github.com port 443 after 133412 ms",
            "version 10.2.1 of https://pypi.org/simple: timed out",
        ] {
            assert!(is_outside(line.as_bytes()), "{line}");
        }
        for line in [
            "Failed to connect to localhost port 80",
            "http://users:8080/health: timed out",
            "https://[::1]:8443/: reset",
            "dial tcp 172.17.0.2:5432: i/o timeout",
            "HTTPSConnectionPool(host='api.cluster.local', port=443): Read timed out.",
            "curl: (28) timed out. Retrying in 3 s",
        ] {
            assert!(!is_outside(line.as_bytes()), "{line}");
        }
        assert!(is_refused(b"curl: (60) SSL certificate problem: unable to get local issuer certificate"));
        assert!(!is_refused(b"curl: (35) SSL connect error"));
        assert!(names_only_near("docker compose up -d && curl -fsS http://localhost:8080/"));
        assert!(!names_only_near("curl -fsS https://get.helm.sh/a && curl localhost:8080"));
        assert!(!names_only_near("npm ci"));
        assert!(lacks_near_name(b"could not translate host name \"db\" to address: Temporary failure in name resolution"));
        assert!(!lacks_near_name(b"curl: (6) Could not resolve host: github.com"));
    }
}
