/** The first parts: they need no others to be built. */
import { createChain } from '../chain/chain.ts'
import { RuntimeConfig } from '../control/runtime-settings.ts'
import { ScheduleWatch } from '../discovery/schedule-watch.ts'
import { MeshLog } from '../gossip/mesh/mesh-log.ts'
import { loadIdentity } from '../host/identity.ts'
import { createIpExemption } from '../host/ip-exemption.ts'
import { LocalEnr } from '../host/local-enr.ts'
import { advertisedCustodyGroups, MetadataState } from '../host/local-metadata.ts'
import { GossipStats } from '../stats/gossip-stats.ts'
import type { Ground, Later, NetworkNodeDeps } from './parts.ts'

/** @throws RelayError CONFIG_INVALID for an unusable identity */
export async function layGround(
  { config, clock, log, emit, restored }: NetworkNodeDeps,
  later: Later,
): Promise<Ground> {
  const privateKey = await loadIdentity(config.dataDir)
  const chain = createChain(config.network, clock)
  const ownMachine = createIpExemption(config.countLoopback, [])
  const isLoopback = (ip: string): boolean => ownMachine.isExempt(ip)
  const { schedule, slotClock, network } = chain
  return {
    privateKey,
    chain,
    isLoopback,
    enr: new LocalEnr(config.dataDir, privateKey.raw, clock.nowMs()),
    metadata: new MetadataState(advertisedCustodyGroups(config), clock.nowMs()),
    stats: new GossipStats(),
    meshLog: new MeshLog({ clock, log, emit: (event) => emit('mesh', event) }),
    runtimeConfig: new RuntimeConfig(restored.settings, {
      onMesh: (mesh) => later().gossip.setLoad(later().host.services.gossip, mesh),
      onValidators: () => later().gossip.refreshScoring(later().host.services.gossip),
    }),
    watch: new ScheduleWatch({
      clock,
      schedule,
      forkVersions: network.forks.map(({ versionHex }) => versionHex),
      currentEpoch: () => slotClock.currentEpoch(),
      log,
      isLoopback,
    }),
  }
}
