package xds

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// pushesFor returns when pushes happened, in ms since the start, for events at
// the given moments.
func pushesFor(t *testing.T, eventsAtMs []int) []int64 {
	t.Helper()
	var pushed []int64
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		events := make(chan struct{}, 1)
		go Debounce(ctx, events, 100*time.Millisecond, 10*time.Second, func() {
			pushed = append(pushed, time.Since(start).Milliseconds())
		})
		for _, at := range eventsAtMs {
			time.Sleep(time.Until(start.Add(time.Duration(at) * time.Millisecond)))
			events <- struct{}{}
		}
		time.Sleep(30 * time.Second)
		cancel()
		synctest.Wait()
	})
	return pushed
}

func TestOneChangeIsPushedAfterTheQuietTime(t *testing.T) {
	if got := pushesFor(t, []int{0}); !slices.Equal(got, []int64{100}) {
		t.Errorf("pushed at %v ms, want [100]", got)
	}
}

func TestBackToBackChangesAreOnePush(t *testing.T) {
	if got := pushesFor(t, []int{0, 15, 30}); !slices.Equal(got, []int64{130}) {
		t.Errorf("pushed at %v ms, want [130]", got)
	}
}

func TestChangesThatNeverRestArePushedAtTheLatestAfterTheMaximum(t *testing.T) {
	var trickle []int
	for ms := 0; ms < 10_500; ms += 50 {
		trickle = append(trickle, ms)
	}
	got := pushesFor(t, trickle)
	if len(got) != 2 || got[0] != 10_000 {
		t.Errorf("pushed at %v ms, want the first at 10000 and one more", got)
	}
}
