//! HTTP/1.1 over one kept connection: just enough to time a reply without a client's own costs.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::outcome::{Outcome, Trying};

const LIMIT: Duration = Duration::from_secs(30);

/// A connection that is kept.
pub(super) struct Connection {
    stream: BufReader<TcpStream>,
    address: String,
}

/// What was answered.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: String,
}

impl Connection {
    pub(super) fn open(address: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address).trying(format_args!("connect to {address}"))?;
        stream.set_nodelay(true).and_then(|()| stream.set_read_timeout(Some(LIMIT))).trying("set the socket up")?;
        Ok(Self { stream: BufReader::new(stream), address: address.to_owned() })
    }

    /// Sends a request with a JSON body, or none, and reads the answer.
    pub(super) fn ask(&mut self, method: &str, path: &str, body: Option<&str>) -> Outcome<Reply> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.address);
        if let Some(body) = body {
            request.push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        request.push_str(body.unwrap_or_default());
        self.stream.get_mut().write_all(request.as_bytes()).trying(format_args!("send to {}", self.address))?;
        self.read().trying(format_args!("read the answer of {}", self.address))
    }

    fn read(&mut self) -> Result<Reply, String> {
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status = status.ok_or_else(|| format!("this is no HTTP: {first:?}"))?;
        let (mut length, mut chunked) = (0, false);
        loop {
            let header = self.line()?.to_ascii_lowercase();
            match header.split_once(": ") {
                Some(("content-length", value)) => {
                    length = value.parse().map_err(|_| "a wrong content-length".to_owned())?
                }
                Some(("transfer-encoding", "chunked")) => chunked = true,
                Some(_) => {}
                None => break,
            }
        }
        let body = if chunked { self.chunks()? } else { self.bytes(length)? };
        Ok(Reply { status, body: String::from_utf8_lossy(&body).into_owned() })
    }

    fn chunks(&mut self) -> Result<Vec<u8>, String> {
        let mut body = Vec::new();
        loop {
            let length = usize::from_str_radix(&self.line()?, 16).map_err(|error| error.to_string())?;
            body.extend(self.bytes(length)?);
            self.line()?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        let count = self.stream.read_line(&mut line).map_err(|error| error.to_string())?;
        if count == 0 { Err("the connection was closed".to_owned()) } else { Ok(line.trim_end().to_owned()) }
    }

    fn bytes(&mut self, length: usize) -> Result<Vec<u8>, String> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).map_err(|error| error.to_string())?;
        Ok(bytes)
    }
}
