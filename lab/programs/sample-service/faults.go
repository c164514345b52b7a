package main

import (
	"hash/fnv"
	"sync"
	"time"
)

// Faults decides which requests go wrong.
//
// A request fails by the hash of its x-request-id, as a bug that certain orders trigger would: Envoy
// keeps the id when it retries, so retries do not heal it and the caller sees the error.
type Faults struct {
	share    float64
	aboveRPS float64
	rate     *rateMeter
}

func NewFaults(share, aboveRPS float64, now func() time.Time) *Faults {
	return &Faults{share: share, aboveRPS: aboveRPS, rate: &rateMeter{now: now}}
}

// Fails says whether the request with this id is to be answered 500. It counts the request.
func (f *Faults) Fails(requestID string) bool {
	rate := f.rate.Count()
	if f.share <= 0 || (f.aboveRPS > 0 && rate <= f.aboveRPS) {
		return false
	}
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(requestID))
	// FNV's high bits hardly change between ids that differ in their last character only: mix first.
	return float64(mix(hash.Sum64())>>11)/float64(1<<53) < f.share
}

// mix is the finaliser of MurmurHash3: every input bit reaches every output bit.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// rateMeter counts events in the last second, in ten slices of 100 ms.
type rateMeter struct {
	now    func() time.Time
	mutex  sync.Mutex
	slices [10]int
	newest int64 // number of the newest slice since the epoch
}

// Count adds one event and returns how many there were in the last second, itself included.
func (m *rateMeter) Count() float64 {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	slice := m.now().UnixMilli() / 100
	if slice-m.newest >= int64(len(m.slices)) {
		m.slices = [10]int{}
		m.newest = slice
	}
	for m.newest < slice {
		m.newest++
		m.slices[m.newest%int64(len(m.slices))] = 0
	}
	m.slices[slice%int64(len(m.slices))]++
	total := 0
	for _, count := range m.slices {
		total += count
	}
	return float64(total)
}
