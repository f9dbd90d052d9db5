//! A university's web service to start from: it answers `verifyDataRequest` from a CSV file, and publishes its WSDL.
//!
//! ```text
//! cargo run --example verify_service -- students.csv 127.0.0.1:8090 [TOKEN]
//! curl http://127.0.0.1:8090/verify?wsdl
//! ```
//!
//! Put a web server in front that ends TLS, and have it reload the list by restarting. The service itself is
//! `src/cli/demo/campus`; docs/soap.md describes the interface.

#![expect(clippy::print_stdout, reason = "it says where it listens")]

use std::{error::Error, fs::File};

use pedell::cli::demo::campus::Campus;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let list = arguments.next().ok_or("usage: verify_service LIST.csv [ADDRESS [TOKEN]]")?;
    let listener = TcpListener::bind(arguments.next().unwrap_or_else(|| "127.0.0.1:8090".to_owned())).await?;
    let address = format!("http://{}/verify", listener.local_addr()?);
    let campus = Campus::new(File::open(list)?, &address, arguments.next())?;
    println!("{address}");
    axum::serve(listener, campus.router()).await?;
    Ok(())
}
