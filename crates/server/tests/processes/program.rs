//! The program as its operators run it, and a client as its callers have one.

use std::io::{BufRead, BufReader, Lines, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use reqwest::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

/// Nothing of the environment but where the database is.
pub fn program(database: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    command
        .env_clear()
        .env("ROLECALL_DATABASE", database)
        .stdin(Stdio::null());
    command
}

/// Runs a subcommand to its end.
pub fn run(database: &str, arguments: &[&str]) -> Output {
    program(database).args(arguments).output().unwrap()
}

/// Runs a subcommand that must succeed; what it printed.
pub fn printed(database: &str, arguments: &[&str]) -> String {
    let output = run(database, arguments);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

/// The log says what the database holds, from its first entry on.
pub fn verify(database: &str) {
    let printed = printed(database, &["verify"]);
    assert!(printed.contains("are what the log says"), "{printed}");
}

/// A running server. Dropping it kills it.
pub struct Server {
    process: Child,
    says: Lines<BufReader<ChildStdout>>,
    pub url: String,
}

impl Server {
    /// On a port of its own.
    pub fn start(database: &str) -> Self {
        let patient = ["--requests-per-token", "--requests-per-address"];
        Self::with(database, &patient.map(|limit| [limit, "1000000"]).concat())
    }

    /// The same with other options.
    pub fn with(database: &str, options: &[&str]) -> Self {
        let mut command = program(database);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn"])
            .args(options);
        let mut server = Self::spawn(command);
        server.url = server.hear("http://");
        server
    }

    /// The same with a mail server; links lead to `https://rolecall.example`.
    pub fn with_mails(database: &str, smtp: &str) -> Self {
        Self::mailing(program(database), smtp)
    }

    /// The same, trusting the root of the tests.
    pub fn with_trusted_mails(database: &str, smtp: &str) -> Self {
        let mut command = program(database);
        command.env("SSL_CERT_FILE", testkit::certificates::ROOT);
        Self::mailing(command, smtp)
    }

    /// The same by TLS, with the certificate of the tests: it is known as `https://localhost`, and [`Server::address`] is where it listens.
    pub fn with_tls(database: &str) -> Self {
        let mut command = program(database);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn"])
            .args(["--external-url", "https://localhost"])
            .args(["--tls-certificate", testkit::certificates::SERVER])
            .args(["--tls-key", testkit::certificates::SERVER_KEY]);
        let mut server = Self::spawn(command);
        server.url = server.hear("https://");
        server
    }

    /// The address that it listens on, where it is known under another one.
    pub fn address(&mut self) -> SocketAddr {
        self.hear("127.0.0.1:").parse().unwrap()
    }

    fn mailing(mut command: Command, smtp: &str) -> Self {
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "info"])
            .args(["--mail-from", "Rolecall <rolecall@example.org>"])
            .args(["--external-url", "https://rolecall.example/"])
            .env("ROLECALL_SMTP", smtp)
            .stderr(Stdio::piped());
        Self::spawn(command)
    }

    /// A `rolecall demo`, which has its organisation to make before it answers.
    pub fn demo(db: &TestDatabase, size: &str) -> Self {
        let mut command = program(&db.address);
        command
            .args([
                "demo",
                "--database",
                &db.address,
                "--port",
                "0",
                "--size",
                size,
            ])
            .env("TMPDIR", &db.directory);
        Self::spawn(command)
    }

    /// Waits until the demonstration answers; the token of its owner.
    pub fn demonstrates(&mut self) -> String {
        self.url = self.hear("http://");
        self.hear("rc_")
    }

    fn spawn(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let says = BufReader::new(process.stdout.take().unwrap()).lines();
        Self {
            process,
            says,
            url: String::new(),
        }
    }

    /// The rest of the first line that has this beginning of a word in it, up to a quotation mark or the end.
    pub fn hear(&mut self, beginning: &str) -> String {
        let heard = self.says.by_ref().map_while(Result::ok).find_map(|line| {
            let at = line.find(beginning)?;
            line[at..].split('"').next().map(str::to_owned)
        });
        heard.expect("the server runs; above it says why not")
    }

    /// Sets the account up with the link that the server prints: its owner.
    pub async fn set_up(&mut self) -> Owner {
        let link = self.hear("rc_");
        let nobody = Client {
            http: reqwest::Client::new(),
            url: self.url.clone(),
            token: String::new(),
        };
        let body = json!({"link": link, "name": "Olga Owner", "email": OWNER});
        let answer = nobody.done(Method::POST, "/set-up", body).await;
        Owner {
            person: answer.body["person"].as_str().unwrap().to_owned(),
            token: answer.body["token"].as_str().unwrap().to_owned(),
        }
    }

    /// A caller with this token.
    pub fn client(&self, token: &str) -> Client {
        Client {
            http: reqwest::Client::new(),
            url: self.url.clone(),
            token: token.to_owned(),
        }
    }

    /// SIGTERM, and what it logged until its end.
    pub fn stop(mut self) -> String {
        let id = self.process.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(asked.success());
        assert!(self.process.wait().unwrap().success());
        let mut log = String::new();
        if let Some(mut said) = self.process.stderr.take() {
            said.read_to_string(&mut log).unwrap();
        }
        log
    }

    /// SIGKILL: nothing is finished, nothing is closed.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _dead_already = self.process.kill();
        let _dead_already = self.process.wait();
    }
}

/// The address of the first user.
pub const OWNER: &str = "owner@example.net";

/// The first user.
pub struct Owner {
    pub person: String,
    pub token: String,
}

/// Somebody who calls.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    /// The version that it names.
    pub fn version(&self) -> u64 {
        self.body["version"].as_u64().unwrap()
    }

    /// The rule that refused.
    pub fn rule(&self) -> &str {
        self.body["rule"].as_str().unwrap_or_default()
    }
}

impl Client {
    /// Asks for a path under `/api/v1`. An error is a connection that broke.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        header: Option<(&str, &str)>,
    ) -> reqwest::Result<Answer> {
        let mut request = self
            .http
            .request(method, format!("{}/api/v1{path}", self.url))
            .bearer_auth(&self.token);
        if let Some(body) = &body {
            request = request.json(body);
        }
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let bytes = response.bytes().await?;
        Ok(Answer {
            status,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        })
    }

    /// The OpenAPI document.
    pub async fn document(&self) -> Value {
        let address = format!("{}/api/openapi.json", self.url);
        let response = self.http.get(address).send().await.unwrap();
        response.json().await.unwrap()
    }

    /// The answer, whatever it is.
    pub async fn ask(&self, method: Method, path: &str, body: Value) -> Answer {
        self.send(method, path, Some(body), None).await.unwrap()
    }

    /// Does what must be done.
    pub async fn done(&self, method: Method, path: &str, body: Value) -> Answer {
        let answer = self.ask(method, path, body).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer
    }

    /// Makes something; its id.
    pub async fn made(&self, path: &str, body: Value) -> String {
        let answer = self.done(Method::POST, path, body).await;
        answer.body["id"].as_str().unwrap().to_owned()
    }

    /// Reads what is there.
    pub async fn read(&self, path: &str) -> Value {
        let answer = self.send(Method::GET, path, None, None).await.unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }

    /// Every item of a list, page by page.
    pub async fn list(&self, path: &str) -> Vec<Value> {
        let (mut items, mut page) = (Vec::new(), String::new());
        loop {
            let body = self.read(&format!("{path}?page_size=500{page}")).await;
            items.extend(body["items"].as_array().unwrap().iter().cloned());
            match body["next"].as_str() {
                Some(next) => page = format!("&page={next}"),
                None => return items,
            }
        }
    }
}
