package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// A link to another host, on this one: a TUN device whose packets come back after a while as if they were sent by the
// host at its other end. Who connects to the far address reaches what listens here, over the system's own TCP or UDP and a
// round trip away; both sides see the far address as their peer's.

type farLinkArgs struct {
	// Device is the name that the TUN device gets; it goes with this process.
	Device string `json:"device"`
	// Near is the device's own address, Far the one at its other end, Listener where the far address is listened for.
	Near     netip.Addr `json:"near"`
	Far      netip.Addr `json:"far"`
	Listener netip.Addr `json:"listener"`
	// OneWayMs is how long a packet takes.
	OneWayMs float64 `json:"oneWayMs"`
}

type farLinkCounts struct {
	Packets int64 `json:"packets"`
	// Dropped found no room: the link itself loses nothing, so that a run in which it did tells of nothing else.
	Dropped int64 `json:"dropped"`
}

const (
	// tunSetIff is TUNSETIFF of linux/if_tun.h; the flags are IFF_TUN and IFF_NO_PI.
	tunSetIff = 0x400454ca
	tunFlags  = 0x0001 | 0x1000
	// maxDeviceName is IFNAMSIZ of linux/if.h without its last byte.
	maxDeviceName = 15
	farLinkMTU    = 1500
	// farLinkPackets on their way at once: 64 MB of blocks, of which a bench has one or two.
	farLinkPackets = 1 << 16

	protocolTCP = 6
	protocolUDP = 17
	minIPHeader = 20
)

type farLink struct {
	packets, dropped atomic.Int64
	open             atomic.Bool
}

func newFarLink() *farLink { return &farLink{} }

func (l *farLink) handlers() map[string]handler {
	return map[string]handler{
		"farLinkOpen": typed(l.start),
		"farLinkCounts": typed(func(context.Context, struct{}) (any, error) {
			return farLinkCounts{Packets: l.packets.Load(), Dropped: l.dropped.Load()}, nil
		}),
	}
}

type delayedPacket struct {
	due  time.Time
	data []byte
}

// start makes the device, which has yet to be given its address, and serves it for as long as the process lives.
func (l *farLink) start(_ context.Context, args farLinkArgs) (any, error) {
	if !args.Near.Is4() || !args.Far.Is4() || !args.Listener.Is4() {
		return nil, errors.New("a far link is between addresses of IPv4")
	}
	if l.open.Swap(true) {
		return nil, errors.New("there is a far link already")
	}
	device, err := openTun(args.Device)
	if err != nil {
		return nil, err
	}
	queue := make(chan delayedPacket, farLinkPackets)
	go l.read(device, args, queue)
	go write(device, queue)
	return struct{}{}, nil
}

func openTun(name string) (int, error) {
	if len(name) == 0 || len(name) > maxDeviceName {
		return 0, fmt.Errorf("no name of a device: %q", name)
	}
	device, err := syscall.Open("/dev/net/tun", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("/dev/net/tun: %w", err)
	}
	// struct ifreq of linux/if.h: the name, and the flags in the union behind it.
	var request [40]byte
	copy(request[:maxDeviceName], name)
	binary.NativeEndian.PutUint16(request[maxDeviceName+1:], tunFlags)
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(device), tunSetIff, uintptr(unsafe.Pointer(&request)))
	if errno != 0 {
		_ = syscall.Close(device)
		return 0, fmt.Errorf("TUN device %s: %w", name, errno)
	}
	return device, nil
}

func (l *farLink) read(device int, args farLinkArgs, queue chan<- delayedPacket) {
	delay := time.Duration(args.OneWayMs * float64(time.Millisecond))
	for {
		packet := make([]byte, farLinkMTU)
		length, err := syscall.Read(device, packet)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			close(queue)
			return
		}
		packet = packet[:length]
		if !turnRound(packet, args) {
			continue
		}
		l.packets.Add(1)
		select {
		case queue <- delayedPacket{due: time.Now().Add(delay), data: packet}:
		default:
			l.dropped.Add(1)
		}
	}
}

// write hands packets back when they are due; all take equally long, so that they are in order.
func write(device int, queue <-chan delayedPacket) {
	for packet := range queue {
		time.Sleep(time.Until(packet.due))
		for {
			if _, err := syscall.Write(device, packet.data); !errors.Is(err, syscall.EINTR) {
				break
			}
		}
	}
}

// turnRound makes a packet to the far address one from it: to the listener when it came from the near address, and the
// other way round. False for what is neither, and for what is no TCP or UDP of IPv4.
func turnRound(packet []byte, args farLinkArgs) bool {
	if len(packet) < minIPHeader || packet[0]>>4 != 4 {
		return false
	}
	source, target := netip.AddrFrom4([4]byte(packet[12:16])), netip.AddrFrom4([4]byte(packet[16:20]))
	if target != args.Far {
		return false
	}
	next := args.Listener
	if source == args.Listener {
		next = args.Near
	} else if source != args.Near {
		return false
	}
	header := int(packet[0]&0x0f) * 4
	checksumAt := header
	switch packet[9] {
	case protocolTCP:
		checksumAt += 16
	case protocolUDP:
		checksumAt += 6
	default:
		return false
	}
	if len(packet) < checksumAt+2 {
		return false
	}
	from, to := source.As4(), next.As4()
	patchChecksum(packet[10:12], from, to)
	patchChecksum(packet[checksumAt:], from, to)
	copy(packet[12:16], packet[16:20])
	copy(packet[16:20], to[:])
	return true
}

// patchChecksum changes a checksum for one address in place of another (RFC 1624, equation 3). The far address stays in
// the packet, at the other place, which a sum does not tell apart.
func patchChecksum(at []byte, from, to [4]byte) {
	sum := uint32(^binary.BigEndian.Uint16(at))
	for i := 0; i < len(from); i += 2 {
		sum += uint32(^binary.BigEndian.Uint16(from[i:])) + uint32(binary.BigEndian.Uint16(to[i:]))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	binary.BigEndian.PutUint16(at, ^uint16(sum))
}
