package xds

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"

	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
)

// stepDeadline is how long one step of a push waits for a proxy's word.
const stepDeadline = 2 * time.Second

// delivery is what was sent to a proxy for one resource type and what it said.
type delivery struct {
	sentNonce, ackedNonce     string
	sentVersion, ackedVersion string
	refusedVersion            string
}

// client is a connected proxy. Each has a goroutine of its own for its pushes,
// so a slow one delays no other.
type client struct {
	proxy mesh.Proxy
	wake  chan struct{}
	stop  context.CancelFunc

	mu         sync.Mutex
	streams    map[int64]bool
	target     mesh.ProxyConfig // what it should have
	deliveries map[string]*delivery
	heard      chan struct{} // closed and replaced whenever the proxy answers
	// began is when the push began that it has not yet acknowledged, and goal
	// the versions that show it has; zero and nil when it is up to date.
	began time.Time
	goal  *cache.Snapshot
}

func newClient(proxy mesh.Proxy, config mesh.ProxyConfig, stop context.CancelFunc) *client {
	return &client{proxy: proxy, wake: make(chan struct{}, 1), stop: stop, target: config,
		streams: map[int64]bool{}, deliveries: map[string]*delivery{}, heard: make(chan struct{})}
}

// aim gives the client a new target, and the moment the push of it began.
func (c *client) aim(config mesh.ProxyConfig, began time.Time) {
	c.mu.Lock()
	c.target = config
	if c.began.IsZero() {
		c.began = began
	}
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default: // it will see the newest target anyway
	}
}

// run brings the proxy from each target to the next, through offer, which puts
// a configuration where the proxy is served from.
func (c *client) run(ctx context.Context, current mesh.ProxyConfig, offer func(string, *cache.Snapshot) error, order Order) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		}
		c.mu.Lock()
		target := c.target
		c.mu.Unlock()
		plan := []step{{config: target}}
		if order == MakeBeforeBreak {
			plan = steps(current, target)
		}
		for i, s := range plan {
			snapshot := snapshotOf(s.config)
			if i == len(plan)-1 {
				c.setGoal(snapshot)
			}
			if err := offer(c.proxy.ID, snapshot); err != nil {
				slog.Error("cannot offer a configuration", "proxy", c.proxy.ID, "error", err)
			}
			c.await(ctx, snapshot, s.await)
		}
		current = target
	}
}

// await waits until the proxy has answered for the snapshot's version of each type.
func (c *client) await(ctx context.Context, snapshot *cache.Snapshot, typeURLs []string) {
	deadline := time.NewTimer(stepDeadline)
	defer deadline.Stop()
	for {
		c.mu.Lock()
		waiting := ""
		for _, t := range typeURLs {
			if d := c.deliveries[t]; !c.has(t, snapshot) && d.refusedVersion != snapshot.GetVersion(t) {
				waiting = ShortType(t)
			}
		}
		heard := c.heard
		c.mu.Unlock()
		if waiting == "" {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-deadline.C:
			slog.Warn("a proxy is late, going on without its word", "proxy", c.proxy.ID, "type", waiting)
			return
		case <-heard:
		}
	}
}

// has reports whether the proxy acknowledged the snapshot's version of a type.
// A type it never asked for (a gateway without listeners asks for no routes), or
// of which there is nothing, is not waited for. The caller holds the lock.
func (c *client) has(typeURL string, snapshot *cache.Snapshot) bool {
	d := c.deliveries[typeURL]
	return d == nil || d.ackedVersion == snapshot.GetVersion(typeURL) || len(snapshot.GetResources(typeURL)) == 0
}

func (c *client) setGoal(snapshot *cache.Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.goal = snapshot; c.atGoal() {
		c.goal, c.began = nil, time.Time{} // nothing changes for this proxy
	}
}

// atGoal reports whether everything up to the goal is acknowledged. The caller
// holds the lock.
func (c *client) atGoal() bool {
	for _, t := range pushedTypes {
		if !c.has(t, c.goal) {
			return false
		}
	}
	return true
}

// answered wakes whoever waits for the proxy's word, and returns how long it
// took when the goal has just been reached. The caller holds the lock.
func (c *client) answered() (took time.Duration, converged bool) {
	close(c.heard)
	c.heard = make(chan struct{})
	if c.goal == nil || !c.atGoal() {
		return 0, false
	}
	took = time.Since(c.began)
	c.goal, c.began = nil, time.Time{}
	return took, true
}

// delivery is the record of one type. The caller holds the lock.
func (c *client) delivery(typeURL string) *delivery {
	if c.deliveries[typeURL] == nil {
		c.deliveries[typeURL] = &delivery{}
	}
	return c.deliveries[typeURL]
}
