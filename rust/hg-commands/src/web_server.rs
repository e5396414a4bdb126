//! `hg serve` over HTTP: options, logs, and the repositories that are served.

mod sites;

use std::ffi::OsStr;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs as _};
use std::os::fd::AsFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::{Arc, Mutex};

use bstr::ByteSlice as _;
use hg_config::Config;
use hg_server::Server;
use hg_tls::Acceptor;
use hg_types::{Error, Result};

use crate::CommandContext;
use crate::command_server::failed;
use crate::daemon::{self, Event, Signals};
use sites::{Place, Served};

/// The options that set an item of `[web]`.
const SETTINGS: [&str; 10] = [
    "name",
    "templates",
    "style",
    "address",
    "port",
    "prefix",
    "ipv6",
    "accesslog",
    "errorlog",
    "certificate",
];

/// Serves until a signal ends it.
pub(crate) fn serve(ctx: &CommandContext) -> Result<i32> {
    let mut config = crate::remote::base_config(&ctx.ui, &ctx.globals, &ctx.opts)?;
    let file = ["web-conf", "webdir-conf"].iter().find_map(|name| ctx.opts.nonempty(name));
    let places = match file {
        Some(file) => {
            config.apply_option_file(file)?;
            sites::of_file(&config, &ctx.cwd(), file)?
        }
        None => {
            let Some(repo) = ctx.optional_repo() else {
                let message = "there is no Mercurial repository here (.hg not found)";
                return Err(Error::abort(message));
            };
            match ctx.opts.flag("subrepos") {
                true => sites::of_tree(ctx, repo)?,
                false => vec![Place { name: Vec::new(), root: repo.root().to_owned() }],
            }
        }
    };
    // What the repository's own configuration says about serving counts as well.
    let mut web = (*ctx.config()).clone();
    web.take_settings(&config);
    for name in SETTINGS {
        if !ctx.opts.given(name) {
            continue;
        }
        let value = match ctx.opts.flag(name) {
            true => &b"1"[..],
            false => ctx.opts.bytes(name).unwrap_or_default(),
        };
        config.set("web", name, value, "--serve");
        web.set("web", name, value, "--serve");
    }
    if daemon::is_wanted(ctx) {
        return daemon::start(ctx);
    }
    let signals = Signals::block()?;
    let (listener, address) = listen(&web)?;
    let cannot = |error: std::io::Error| cannot_start(&address.written, &error);
    let tls = match web.get_or("web", "certificate", b"") {
        b"" => None,
        file => Some(Acceptor::new(&web, file, &address.written)?),
    };
    let prefix = web.get_or("web", "prefix", b"").trim_with(|c| c == '/').to_vec();
    let logs = Logs {
        access: Log::open(&web, "accesslog", ctx).map_err(cannot)?,
        errors: Log::open(&web, "errorlog", ctx).map_err(cannot)?,
    };
    let name = web.get_or("web", "server-header", b"").to_vec();
    let served = Served::new(ctx, config, places, prefix.clone(), logs, name);
    daemon::write_pid(ctx)?;
    tell(ctx, &web, &listener, &prefix)?;
    ctx.ui.flush();
    daemon::detach(ctx)?;
    let server = Server { site: Arc::new(served), tls };
    loop {
        match signals.wait(listener.as_fd())? {
            Event::Connection => match server.accept(&listener) {
                Ok(()) => {}
                Err(error) => server.site.log_error(format!("{error}\n").as_bytes()),
            },
            // Hooks are waited for where they run.
            Event::ChildEnded => {}
            Event::End(words) => {
                ctx.ui.error(words);
                return Ok(255);
            }
        }
    }
}

/// An address as it was asked for.
struct Address {
    written: Vec<u8>,
}

fn cannot_start(address: &[u8], error: &std::io::Error) -> Error {
    let text = hg_vfs::os_message(error);
    Error::abort([b"cannot start server at '", address, b"': ", &text[..]].concat())
}

fn listen(web: &Config) -> Result<(TcpListener, Address)> {
    let port = port_number(web.get_or("web", "port", b"8000"))?;
    let host = web.get_or("web", "address", b"");
    let written = [host, b":", port.to_string().as_bytes()].concat();
    let is_v6 = web.get_bool_or("web", "ipv6", false)?;
    let addresses: Vec<SocketAddr> = if host.is_empty() {
        let any = if is_v6 {
            IpAddr::V6(Ipv6Addr::UNSPECIFIED)
        } else {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED)
        };
        vec![SocketAddr::new(any, port)]
    } else {
        let found = (host.to_str_lossy().as_ref(), port).to_socket_addrs().map_err(|error| {
            let parts: [&[u8]; 3] =
                [b"cannot start server at '", &written, b"': Name or service not known"];
            Error::abort(parts.concat()).because(error)
        })?;
        found.filter(|address| address.is_ipv6() == is_v6).collect()
    };
    let listener =
        TcpListener::bind(addresses.as_slice()).map_err(|error| cannot_start(&written, &error))?;
    listener.set_nonblocking(true).map_err(failed("cannot serve"))?;
    Ok((listener, Address { written }))
}

/// A port, by number or by the name of a service.
fn port_number(text: &[u8]) -> Result<u16> {
    if let Some(number) = text.to_str().ok().and_then(|text| text.trim().parse::<u16>().ok()) {
        return Ok(number);
    }
    // A system without the list knows no names.
    let services = std::fs::read("/etc/services").unwrap_or_default();
    let named = services.lines().find_map(|line| {
        let line = line.split(|&b| b == b'#').next().unwrap_or_default();
        let mut words = line.fields();
        let (name, place) = (words.next()?, words.next()?);
        let number = place.strip_suffix(b"/tcp")?.to_str().ok()?.parse().ok()?;
        (name == text || words.any(|alias| alias == text)).then_some(number)
    });
    named.ok_or_else(|| {
        Error::abort([b"no port number associated with service '", text, b"'"].concat())
    })
}

/// Says where the server listens, when that is not obvious.
fn tell(ctx: &CommandContext, web: &Config, listener: &TcpListener, prefix: &[u8]) -> Result<()> {
    let bound = listener.local_addr().map_err(failed("cannot serve"))?;
    let host = match web.get_or("web", "address", b"") {
        b"" => own_name(),
        name => match name.to_str().ok().and_then(|name| name.parse::<IpAddr>().ok()) {
            Some(address) if address.is_loopback() => b"localhost".to_vec(),
            _ => name.to_vec(),
        },
    };
    let port = if bound.port() == 80 { String::new() } else { format!(":{}", bound.port()) };
    let path = if prefix.is_empty() { Vec::new() } else { [prefix, b"/"].concat() };
    let url = [b"http://", &host[..], port.as_bytes(), b"/", &path].concat();
    if ctx.opts.flag("print-url") {
        ctx.ui.write([&url[..], b"\n"].concat());
        return Ok(());
    }
    if web.get_or("web", "port", b"") != b"0" && !ctx.ui.is_verbose() {
        return Ok(());
    }
    let bound_host = match bound.ip() {
        IpAddr::V4(address) if address.is_unspecified() => "*".to_owned(),
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    let bound = format!(" (bound to {bound_host}:{})\n", bound.port());
    ctx.ui.status([b"listening at ", &url[..], bound.as_bytes()].concat());
    Ok(())
}

/// The name of this machine, as others may call it.
fn own_name() -> Vec<u8> {
    let name = nix::unistd::gethostname().unwrap_or_default();
    let name = name.to_string_lossy().into_owned();
    let mut addresses = (name.as_str(), 0).to_socket_addrs().into_iter().flatten();
    match addresses.next() {
        Some(address) if !address.ip().is_loopback() => name.into_bytes(),
        _ => b"localhost".to_vec(),
    }
}

/// Where requests and failures are noted.
struct Logs {
    access: Log,
    errors: Log,
}

/// A log: lines are written whole, whichever thread has them.
struct Log(Mutex<Box<dyn Write + Send>>);

impl Log {
    fn open(web: &Config, name: &str, ctx: &CommandContext) -> std::io::Result<Self> {
        let file = web.get_or("web", name, b"-");
        let out: Box<dyn Write + Send> = match file {
            b"" | b"-" if name == "errorlog" => Box::new(std::io::stderr()),
            b"" | b"-" => Box::new(std::io::stdout()),
            file => {
                let expanded = hg_config::expand_path(web.environment(), file);
                let path = ctx.cwd().join(OsStr::from_bytes(&expanded));
                Box::new(std::fs::OpenOptions::new().append(true).create(true).open(path)?)
            }
        };
        Ok(Self(Mutex::new(out)))
    }

    fn line(&self, text: &[u8]) {
        let mut out = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // A log that cannot be written must not end the service.
        let _ = out.write_all(text).and_then(|()| out.flush());
    }
}
