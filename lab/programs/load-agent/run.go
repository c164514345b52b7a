package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"syscall"
	"time"
)

// Run is one load, from its first request to its last answer.
//
// The rate is open-loop: requests leave when they are due, whether or not earlier ones were answered,
// and latency counts from when a request was due. So a slow service cannot slow its own load down and
// look better than it is. What the agent itself is late with it makes up for, at a pace of its own.
type Run struct {
	ID      string
	plan    Plan
	tally   *Tally
	clients map[string]*http.Client
	slots   chan struct{}
	pending sync.WaitGroup
	stop    chan struct{}
	once    sync.Once

	sent, skipped int // of the sending goroutine, read when it is done
}

func NewRun(plan Plan) *Run {
	var random [4]byte
	_, _ = rand.Read(random[:])
	run := &Run{
		ID: hex.EncodeToString(random[:]), plan: plan, tally: NewTally(),
		clients: map[string]*http.Client{}, slots: make(chan struct{}, plan.inFlight()), stop: make(chan struct{}),
	}
	for _, target := range plan.Targets {
		if key := target.Path + " " + target.Proxy; run.clients[key] == nil {
			run.clients[key] = newClient(plan, target.Proxy)
		}
	}
	return run
}

// Stop ends the sending; answers on their way are still awaited.
func (r *Run) Stop() { r.once.Do(func() { close(r.stop) }) }

// Send sends what is due until the duration is over, Stop is called or ctx ends, then waits for the
// last answers and says why it ended.
func (r *Run) Send(ctx context.Context) (reason string) {
	steady := newPace(r.plan.RatePerSecond, time.Now())
	total := int(r.plan.RatePerSecond * r.plan.DurationSeconds)
	reason = "duration"
	timer := time.NewTimer(0)
	defer timer.Stop()
sending:
	for n := range total {
		due, wait := steady.next(n, time.Now())
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-r.stop:
			reason = "stopped"
			break sending
		case <-ctx.Done():
			reason = "the reader went away"
			break sending
		}
		r.sendOne(ctx, n, due)
	}
	r.pending.Wait()
	for _, client := range r.clients {
		client.CloseIdleConnections()
	}
	return reason
}

func (r *Run) sendOne(ctx context.Context, n int, due time.Time) {
	target := r.plan.Targets[n%len(r.plan.Targets)]
	if time.Since(due) > maxLag {
		r.skip(target)
		return
	}
	select {
	case r.slots <- struct{}{}:
	default:
		r.skip(target)
		return
	}
	r.sent++
	r.pending.Add(1)
	go func() {
		defer func() { <-r.slots; r.pending.Done() }()
		answer := r.ask(ctx, target, fmt.Sprintf("load-%s-%06d", r.ID, n))
		if ctx.Err() != nil && answer.Kind != "" {
			return // cut off by ourselves: says nothing about the service
		}
		answer.Took = answer.At.Sub(due)
		r.tally.Add(answer)
	}()
}

func (r *Run) skip(target Target) {
	r.skipped++
	r.tally.Skip(target, time.Now())
}

func (r *Run) ask(ctx context.Context, target Target, id string) Answer {
	answer := Answer{Path: target.Path, Service: target.Service, ID: id, SentAt: time.Now()}
	request, err := target.request(id)
	if err != nil {
		answer.Kind, answer.At = "transport: other", time.Now()
		return answer
	}
	// The last one counts: a request whose idle connection had just been closed is sent again on another.
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { answer.SentAt = time.Now() },
	})
	response, err := r.clients[target.Path+" "+target.Proxy].Do(request.WithContext(traced))
	if err != nil {
		answer.Kind, answer.At = transportKind(err), time.Now()
		return answer
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	answer.At = time.Now()
	answer.Version = response.Header.Get("X-App-Version")
	answer.Kind = kindOf(response, string(body))
	if err != nil {
		answer.Kind = transportKind(err)
	}
	return answer
}

// newClient keeps its connections alive and dials private addresses only.
func newClient(plan Plan, proxy string) *http.Client {
	dialer := &net.Dialer{
		Timeout: 5 * time.Second,
		Control: func(_, address string, _ syscall.RawConn) error { return guardDial(address) },
	}
	transport := &http.Transport{
		DialContext:         dialer.DialContext,
		MaxIdleConnsPerHost: plan.inFlight(),
		IdleConnTimeout:     60 * time.Second,
		DisableCompression:  true,
	}
	if proxy != "" {
		transport.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(proxy) }
	}
	return &http.Client{
		Transport:     transport,
		Timeout:       plan.timeout(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
