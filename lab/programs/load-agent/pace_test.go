package main

import (
	"testing"
	"time"
)

const atRate = 1_000

// leave runs the pace on a clock of its own, which stands still for a while before one of the requests.
func leave(count, heldUpBefore int, heldUp time.Duration) (sent []time.Duration, due []time.Duration) {
	started := time.Now()
	now, steady := started, newPace(atRate, started)
	for n := range count {
		if n == heldUpBefore {
			now = now.Add(heldUp)
		}
		at, wait := steady.next(n, now)
		now = now.Add(max(0, wait))
		sent, due = append(sent, now.Sub(started)), append(due, at.Sub(started))
	}
	return sent, due
}

func TestAPaceIsSteady(t *testing.T) {
	sent, due := leave(500, -1, 0)
	for n := range sent {
		if sent[n] != time.Duration(n)*time.Millisecond || sent[n] != due[n] {
			t.Fatalf("request %d left after %s, due after %s", n, sent[n], due[n])
		}
	}
}

func TestWhatWasHeldUpIsMadeUpForAndNoBurst(t *testing.T) {
	const heldUp = 300 * time.Millisecond
	sent, due := leave(1_000, 100, heldUp)
	for n := range sent {
		if due[n] != time.Duration(n)*time.Millisecond {
			t.Fatalf("request %d was due after %s: being held up is no excuse", n, due[n])
		}
		// In any 50 ms as many as twice the rate gives, and those that the leeway lets through at once.
		if most := n + 100 + 10; most < len(sent) && sent[most]-sent[n] < 50*time.Millisecond {
			t.Fatalf("%d requests within %s, from request %d on", most-n, sent[most]-sent[n], n)
		}
	}
	if behind := sent[100] - due[100]; behind < heldUp-time.Millisecond {
		t.Fatalf("request 100 was only %s late: nothing was held up", behind)
	}
	if last := len(sent) - 1; sent[last] != due[last] {
		t.Errorf("the last request left after %s, due after %s: the delay was never made up for", sent[last], due[last])
	}
}

func TestWhatIsSkippedHoldsNothingUp(t *testing.T) {
	sent, due := leave(6_000, 0, 5*time.Second)
	skipped := 0
	for sent[skipped]-due[skipped] > maxLag {
		skipped++
	}
	if skipped != 4_000 || sent[skipped-1] != 5*time.Second {
		t.Errorf("%d were skipped, the last one after %s: want the 4,000 of 4 s, at once", skipped, sent[skipped-1])
	}
}

func TestASlowPaceWaitsForNothingButItsTurn(t *testing.T) {
	started := time.Now()
	slow := newPace(0.5, started)
	now := started
	for n := range 5 {
		due, wait := slow.next(n, now)
		if now = now.Add(wait); !now.Equal(due) {
			t.Errorf("request %d leaves at %s, due at %s", n, now, due)
		}
	}
}
