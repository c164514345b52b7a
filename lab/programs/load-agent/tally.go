package main

import (
	"math"
	"strconv"
	"sync"
	"time"
)

// sliceMs is how finely time is divided: fine enough to see a switch, which takes some 100 ms.
const sliceMs = 100

// Row is what one path answered, by one version, within one slice of time. The slice is of the answers'
// arrival, in milliseconds since the epoch by this machine's clock; each answer stands as its offset in
// the slice, so that "how many before that instant" has an exact answer. A slice may come in several rows.
type Row struct {
	Type       string           `json:"type"` // "row"
	SliceMs    int64            `json:"sliceMs"`
	Path       string           `json:"path"`
	Service    string           `json:"service"`
	Version    string           `json:"version"`             // "" when no version answered
	AnsweredAt []int            `json:"answeredAt"`          // offsets of all answers, good and bad
	SentAt     []int            `json:"sentAt"`              // when the request of each of them was sent: before the slice, most are negative
	BadAt      map[string][]int `json:"badAt,omitempty"`     // offsets of the bad ones by kind, see kindOf
	BadSentAt  map[string][]int `json:"badSentAt,omitempty"` // when the request of each of those was sent
	BadIDs     []string         `json:"badIds,omitempty"`    // the first few, to find them in the logs
	Skipped    int              `json:"skipped,omitempty"`   // due, but not sent: the agent was at its limit
	Latency    map[string]int   `json:"latency,omitempty"`   // answers by bucket, see bucketOf
}

const keptBadIDs = 3

// Answer is one finished request.
type Answer struct {
	Path, Service, Version, ID string
	Kind                       string // "" = good
	At                         time.Time
	SentAt                     time.Time // as it got its connection
	Took                       time.Duration
}

type rowKey struct {
	slice                  int64
	path, service, version string
}

// Tally gathers answers into rows.
type Tally struct {
	mutex sync.Mutex
	rows  map[rowKey]*Row
	order []rowKey
}

func NewTally() *Tally { return &Tally{rows: map[rowKey]*Row{}} }

func (t *Tally) Add(a Answer) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	row := t.row(a.At, a.Path, a.Service, a.Version)
	offset := int(a.At.UnixMilli() - row.SliceMs)
	row.AnsweredAt = append(row.AnsweredAt, offset)
	sentOffset := int(a.SentAt.UnixMilli() - row.SliceMs)
	row.SentAt = append(row.SentAt, sentOffset)
	row.Latency[strconv.Itoa(bucketOf(a.Took))]++
	if a.Kind == "" {
		return
	}
	row.BadAt[a.Kind] = append(row.BadAt[a.Kind], offset)
	row.BadSentAt[a.Kind] = append(row.BadSentAt[a.Kind], sentOffset)
	if len(row.BadIDs) < keptBadIDs {
		row.BadIDs = append(row.BadIDs, a.ID)
	}
}

// Skip counts a request that was due and could not be sent.
func (t *Tally) Skip(target Target, at time.Time) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.row(at, target.Path, target.Service, "").Skipped++
}

// Take removes and returns the rows of the slices that ended by now; all rows when now is zero.
func (t *Tally) Take(now time.Time) []*Row {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	var done []*Row
	var open []rowKey
	for _, key := range t.order {
		if !now.IsZero() && key.slice+sliceMs > now.UnixMilli() {
			open = append(open, key)
			continue
		}
		done = append(done, t.rows[key])
		delete(t.rows, key)
	}
	t.order = open
	return done
}

func (t *Tally) row(at time.Time, path, service, version string) *Row {
	ms := at.UnixMilli()
	key := rowKey{ms - ms%sliceMs, path, service, version}
	row, ok := t.rows[key]
	if !ok {
		row = &Row{
			Type: "row", SliceMs: key.slice, Path: path, Service: service, Version: version,
			AnsweredAt: []int{}, SentAt: []int{}, BadAt: map[string][]int{}, BadSentAt: map[string][]int{},
			Latency: map[string]int{},
		}
		t.rows[key] = row
		t.order = append(t.order, key)
	}
	return row
}

// Buckets grow by a tenth: bucket i holds latencies from 0.1 ms × 1.1^i up to 0.1 ms × 1.1^(i+1), so a
// quantile read from them is right to within 10 %.
const (
	bucketGrowth = 1.1
	bucketBaseMs = 0.1
)

func bucketOf(took time.Duration) int {
	ms := float64(took) / float64(time.Millisecond)
	if ms <= bucketBaseMs {
		return 0
	}
	return int(math.Log(ms/bucketBaseMs) / math.Log(bucketGrowth))
}
