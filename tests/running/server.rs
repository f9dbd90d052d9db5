//! Servers for tests of how Pedell is run: `pedell serve`, nginx in front of it, and curl to ask them.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use crate::program::Program;

/// A port that nobody has at this moment.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

/// A child that is asked to end with the test.
pub(crate) struct Server(Child);

impl Server {
    pub(crate) fn start(mut command: Command, port: u16) -> Self {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("it starts");
        let server = Self(child);
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return server;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("nobody listens on {port}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(Command::new("kill").arg(self.0.id().to_string()).status());
        drop(self.0.wait());
    }
}

/// An instance with one university and an uploader, its port, and the uploader's secret.
pub(crate) fn instance(folder: &Path, port: u16, more: &str) -> (Program, String) {
    instance_on("sqlite:data", folder, port, more)
}

/// The same on another database.
pub(crate) fn instance_on(database: &str, folder: &Path, port: u16, more: &str) -> (Program, String) {
    let program = Program::new(
        folder,
        &format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"https://pedell.example\"\n\
             [database]\nurl = \"{database}\"\n\
             [keys]\nmaster_key_file = \"master.key\"\n[log]\nfilter = \"warn\"\n{more}"
        ),
    );
    program.done(&["keys", "init"]);
    fs::write(
        folder.join("uni.toml"),
        "name_de = \"U\"\nname_en = \"U\"\n[calendar]\nsummer_month = 4\nwinter_month = 10\n",
    )
    .expect("written");
    program.done(&["university", "add", "uni", "uni.toml"]);
    let campus = "name = \"Campus\"\nauthentication = \"client_secret_basic\"\nkind = \"roster_uploader\"\n";
    fs::write(folder.join("campus.toml"), campus).expect("written");
    let secret = program.done(&["client", "add", "campus", "campus.toml", "--university", "uni"]);
    (program, secret)
}

/// nginx with one server of these directives.
pub(crate) fn nginx(folder: &Path, port: u16, server: &str) -> Server {
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {};\n", folder.join(kind).display()))
        .concat();
    let configuration = format!(
        "daemon off; pid {pid}; error_log {log}; worker_processes 1;\nevents {{}}\n\
         http {{\naccess_log off;\n{temporary}server {{ {server} }}\n}}\n",
        pid = folder.join("nginx.pid").display(),
        log = folder.join("nginx.log").display(),
    );
    fs::write(folder.join("nginx.conf"), configuration).expect("written");
    // Debian has it in /usr/sbin, where not everybody looks.
    let nginx = if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
    let mut command = Command::new(nginx);
    command.arg("-c").arg(folder.join("nginx.conf")).arg("-p").arg(folder);
    Server::start(command, port)
}

/// What curl says of a request: the status.
pub(crate) fn status(arguments: &[&str]) -> String {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--output", "/dev/null", "--write-out", "%{http_code}"]).args(arguments);
    String::from_utf8(curl.output().expect("curl runs").stdout).expect("a number")
}
