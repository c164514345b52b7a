// Package xds serves proxies: it gathers changes into pushes, brings each
// proxy's configuration up to date, and knows what each has acknowledged.
package xds

import (
	"context"
	"time"
)

// Debounce gathers events as istiod does: a push happens when nothing came for
// `quiet`, or `longest` after the first event of a batch. Events that come
// during a push make the next batch. push is told when its batch began.
func Debounce(ctx context.Context, events <-chan struct{}, quiet, longest time.Duration, push func(began time.Time)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-events:
		}
		began := time.Now()
		deadline := time.NewTimer(longest)
		calm := time.NewTimer(quiet)
	gather:
		for {
			select {
			case <-ctx.Done():
				return
			case <-events:
				calm.Reset(quiet)
			case <-calm.C:
				break gather
			case <-deadline.C:
				break gather
			}
		}
		push(began)
	}
}
