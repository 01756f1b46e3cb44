//! Message ids of altair and later (altair p2p-interface, "The gossip domain: gossipsub"): the topic and its length are
//! hashed before the payload, and the domain says whether the payload decompressed.

use libp2p::gossipsub::{Message, MessageId};
use sha2::{Digest, Sha256};
use snap::raw::{Decoder, decompress_len};

/// MAX_PAYLOAD_SIZE of the phase 0 networking specification: the largest SSZ object on gossip.
const MAX_PAYLOAD_BYTES: usize = 10 * 1024 * 1024;
const MESSAGE_ID_BYTES: usize = 20;
const INVALID_SNAPPY: [u8; 4] = [0, 0, 0, 0];
const VALID_SNAPPY: [u8; 4] = [1, 0, 0, 0];

/// The 20-byte id of a message whose data is as it was on the wire.
pub fn message_id(message: &Message) -> MessageId {
    match decompress(&message.data) {
        Some(ssz) => hash(VALID_SNAPPY, message.topic.as_str(), &ssz),
        None => hash(INVALID_SNAPPY, message.topic.as_str(), &message.data),
    }
}

/// None when the bytes are no snappy block, or would grow past the largest payload.
fn decompress(compressed: &[u8]) -> Option<Vec<u8>> {
    let length = decompress_len(compressed).ok()?;
    if length > MAX_PAYLOAD_BYTES {
        return None;
    }
    Decoder::new().decompress_vec(compressed).ok()
}

fn hash(domain: [u8; 4], topic: &str, data: &[u8]) -> MessageId {
    let digest = Sha256::new()
        .chain_update(domain)
        .chain_update((topic.len() as u64).to_le_bytes())
        .chain_update(topic)
        .chain_update(data)
        .finalize();
    MessageId::new(&digest[..MESSAGE_ID_BYTES])
}
