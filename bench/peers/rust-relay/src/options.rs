//! The command line, the same as the Go relay's: `--name value` pairs, all of them required.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

pub enum Transport {
    Tcp,
    Quic,
}

pub struct Options {
    pub transport: Transport,
    /// Full topics.
    pub topics: Vec<String>,
    pub d: usize,
    pub d_low: usize,
    pub d_high: usize,
    pub d_out: usize,
    pub d_lazy: usize,
    pub heartbeat: Duration,
    /// Heartbeats a message stays answerable by IWANT, and those it is advertised by IHAVE.
    pub history_length: usize,
    pub history_gossip: usize,
    pub seen_ttl: Duration,
    pub max_rpc_bytes: usize,
    /// RPCs that may wait for one peer.
    pub queue_length: usize,
    /// How long one may wait.
    pub queue_time: Duration,
}

impl Options {
    /// Fails with the name of what is missing or not understood.
    pub fn parse(args: impl Iterator<Item = String>) -> Result<Self, String> {
        let flags = Flags::collect(args)?;
        Ok(Self {
            transport: match flags.text("transport")? {
                "tcp" => Transport::Tcp,
                "quic" => Transport::Quic,
                other => return Err(format!("--transport is tcp or quic, not {other}")),
            },
            topics: flags.text("topics")?.split(',').map(String::from).collect(),
            d: flags.number("d")?,
            d_low: flags.number("d-low")?,
            d_high: flags.number("d-high")?,
            d_out: flags.number("d-out")?,
            d_lazy: flags.number("d-lazy")?,
            heartbeat: Duration::from_millis(flags.number("heartbeat-ms")?),
            history_length: flags.number("history-length")?,
            history_gossip: flags.number("history-gossip")?,
            seen_ttl: Duration::from_millis(flags.number("seen-ttl-ms")?),
            max_rpc_bytes: flags.number("max-rpc-bytes")?,
            queue_length: flags.number("queue-length")?,
            queue_time: Duration::from_millis(flags.number("queue-ms")?),
        })
    }
}

struct Flags(HashMap<String, String>);

impl Flags {
    fn collect(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut found = HashMap::new();
        while let Some(arg) = args.next() {
            let name = arg.strip_prefix("--").ok_or(format!("{arg} is no flag"))?;
            let value = args.next().ok_or(format!("--{name} lacks its value"))?;
            found.insert(name.to_owned(), value);
        }
        Ok(Self(found))
    }

    fn text(&self, name: &str) -> Result<&str, String> {
        self.0
            .get(name)
            .map(String::as_str)
            .ok_or(format!("--{name} is missing"))
    }

    fn number<N: FromStr<Err: Display>>(&self, name: &str) -> Result<N, String> {
        self.text(name)?
            .parse()
            .map_err(|error: N::Err| format!("--{name}: {error}"))
    }
}
