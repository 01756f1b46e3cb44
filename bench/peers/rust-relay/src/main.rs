//! A gossipsub relay on rust-libp2p to measure Starling beside: it forwards what it is sent on the topics it is given,
//! validates nothing and scores nobody. Every parameter comes from the bench, so that all relays run with the same ones.
//! It prints one JSON line with its address once it listens, and ends when its input does.

mod behaviour;
mod message_id;
mod options;

use std::error::Error;

use libp2p::futures::StreamExt;
use libp2p::identity::Keypair;
use libp2p::swarm::SwarmEvent;
use libp2p::{Multiaddr, Swarm, SwarmBuilder, noise, tcp, yamux};

use crate::behaviour::{IDLE_TIMEOUT, Relay};
use crate::options::{Options, Transport};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    let swarm = listen(&options)?;
    // On a worker thread, where the tasks of the connections are: fewer wake-ups across threads than from this one.
    tokio::spawn(relay(swarm));
    tokio::io::copy(&mut tokio::io::stdin(), &mut tokio::io::sink()).await?;
    Ok(())
}

/// A swarm that listens on loopback, on a port of the system's choice, over the one transport that was asked for.
fn listen(options: &Options) -> Result<Swarm<Relay>, Box<dyn Error>> {
    let mut swarm = SwarmBuilder::with_existing_identity(Keypair::generate_secp256k1())
        .with_tokio()
        .with_tcp(
            tcp::Config::default(),
            noise::Config::new,
            yamux::Config::default,
        )?
        .with_quic()
        .with_behaviour(|key| Relay::new(key, options))?
        .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE_TIMEOUT))
        .build();
    let address: Multiaddr = match options.transport {
        Transport::Tcp => "/ip4/127.0.0.1/tcp/0".parse()?,
        Transport::Quic => "/ip4/127.0.0.1/udp/0/quic-v1".parse()?,
    };
    swarm.listen_on(address)?;
    Ok(swarm)
}

/// Runs the swarm for as long as the process lives. What its behaviours tell is of no interest: gossipsub forwards.
async fn relay(mut swarm: Swarm<Relay>) {
    loop {
        if let SwarmEvent::NewListenAddr { address, .. } = swarm.select_next_some().await {
            println!(
                "{{\"event\":\"listening\",\"address\":\"{address}/p2p/{}\"}}",
                swarm.local_peer_id()
            );
        }
    }
}
