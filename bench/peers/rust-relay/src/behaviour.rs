//! What the relay's swarm does: gossipsub, and the identify and ping that other implementations expect of a peer.

use std::error::Error;
use std::time::Duration;

use libp2p::gossipsub::{
    AllowAllSubscriptionFilter, Behaviour, Config, ConfigBuilder, ConfigBuilderError, IdentTopic,
    IdentityTransform, MessageAuthenticity, ValidationMode,
};
use libp2p::identity::Keypair;
use libp2p::swarm::NetworkBehaviour;
use libp2p::{identify, ping};

use crate::message_id::message_id;
use crate::options::Options;

/// Peers that are in no mesh stay connected: longer than any bench runs.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(24 * 3600);
/// As go-libp2p-pubsub's; this library's own 5 s would only make every start slower.
const FIRST_HEARTBEAT: Duration = Duration::from_millis(100);
/// Publications and control bytes of one RPC: as many as its size lets it carry, as with the other relays.
const MAX_PUBLICATIONS: usize = 1_000_000;

/// The default filter knows 100 topics of a peer at most; an epoch of fulu has 205.
type Gossip = Behaviour<IdentityTransform, AllowAllSubscriptionFilter>;

#[derive(NetworkBehaviour)]
pub struct Relay {
    gossip: Gossip,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
}

impl Relay {
    pub fn new(key: &Keypair, options: &Options) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let filter = AllowAllSubscriptionFilter {};
        let mut gossip = Gossip::new_with_subscription_filter(
            MessageAuthenticity::Anonymous,
            gossip_config(options)?,
            filter,
        )?;
        for topic in &options.topics {
            gossip.subscribe(&IdentTopic::new(topic))?;
        }
        Ok(Self {
            gossip,
            identify: identify::Behaviour::new(identify::Config::new(
                "/eth2/1.0.0".into(),
                key.public(),
            )),
            ping: ping::Behaviour::default(),
        })
    }
}

/// StrictNoSign, nothing validated, no flood publishing. IDONTWANT stays at the library's own threshold.
fn gossip_config(options: &Options) -> Result<Config, ConfigBuilderError> {
    ConfigBuilder::default()
        .validation_mode(ValidationMode::Anonymous)
        .message_id_fn(message_id)
        .flood_publish(false)
        .heartbeat_initial_delay(FIRST_HEARTBEAT)
        .heartbeat_interval(options.heartbeat)
        .mesh_n(options.d)
        .mesh_n_low(options.d_low)
        .mesh_n_high(options.d_high)
        .mesh_outbound_min(options.d_out)
        .gossip_lazy(options.d_lazy)
        .history_length(options.history_length)
        .history_gossip(options.history_gossip)
        .duplicate_cache_time(options.seen_ttl)
        .max_transmit_size(options.max_rpc_bytes)
        .max_publish_messages(MAX_PUBLICATIONS)
        .max_control_message_size(options.max_rpc_bytes)
        .connection_handler_queue_len(options.queue_length)
        .publish_queue_duration(options.queue_time)
        .forward_queue_duration(options.queue_time)
        .build()
}
