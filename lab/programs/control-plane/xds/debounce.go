// Package xds serves proxies: it gathers changes into pushes, brings each
// proxy's configuration up to date, and knows what each has acknowledged.
package xds

import (
	"context"
	"time"
)

// Debounce gathers events as istiod does: a push happens when nothing came for
// `quiet`, or `longest` after the first event of a batch. Events that come
// during a push make the next batch.
func Debounce(ctx context.Context, events <-chan struct{}, quiet, longest time.Duration, push func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-events:
		}
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
		push()
	}
}
