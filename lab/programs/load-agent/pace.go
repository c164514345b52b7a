package main

import (
	"math"
	"time"

	"golang.org/x/time/rate"
)

const (
	// maxLag bounds what is made up for after the machine stood still: what is later than this is skipped.
	maxLag = time.Second
	// Late requests follow each other at this many times the rate. All of them at once would be a load that nobody
	// asked for, and run over queues which hold the load that was asked for.
	catchUp = 2
	// What a timer is late by anyway, and no reason to hold requests back.
	leeway = 5 * time.Millisecond
)

// pace says when each request of a steady load is due, and when it may leave.
type pace struct {
	started  time.Time
	interval time.Duration
	limit    *rate.Limiter
}

func newPace(ratePerSecond float64, started time.Time) pace {
	highest := ratePerSecond * catchUp
	burst := max(1, int(math.Ceil(highest*leeway.Seconds())))
	return pace{
		started:  started,
		interval: time.Duration(float64(time.Second) / ratePerSecond),
		limit:    rate.NewLimiter(rate.Limit(highest), burst),
	}
}

// next is asked once for each request, in order. Due is by the clock alone: a wait counts as latency.
func (p pace) next(n int, now time.Time) (due time.Time, wait time.Duration) {
	due = p.started.Add(time.Duration(n) * p.interval)
	if now.Sub(due) > maxLag {
		return due, 0 // skipped, which takes no time
	}
	return due, max(due.Sub(now), p.limit.ReserveN(now, 1).DelayFrom(now))
}
