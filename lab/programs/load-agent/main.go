// load-agent sends a bounded, steady load to addresses of its own network and streams what came back
// as JSON lines. POST /run starts and streams, POST /stop?run=ID ends gently, GET /healthz answers.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

func main() {
	address := os.Getenv("LISTEN_ADDRESS")
	if address == "" {
		address = ":8090"
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	server := &http.Server{
		Addr: address, Handler: NewAgent(resolveHost).Handler(), ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	go func() {
		<-ctx.Done()
		limited, done := context.WithTimeout(context.Background(), 2*time.Second)
		defer done()
		_ = server.Shutdown(limited)
	}()
	slog.Info("ready", "address", address)
	if err := server.ListenAndServe(); err != nil && err != http.ErrServerClosed {
		slog.Error("stopped", "error", err)
		os.Exit(1)
	}
}

func resolveHost(host string) ([]netip.Addr, error) {
	limited, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return net.DefaultResolver.LookupNetIP(limited, "ip", host)
}

// Agent runs loads. The cap on the rate holds for all of them together.
type Agent struct {
	resolve lookup
	mutex   sync.Mutex
	runs    map[string]*Run
	rate    float64
}

func NewAgent(resolve lookup) *Agent { return &Agent{resolve: resolve, runs: map[string]*Run{}} }

func (a *Agent) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("POST /run", a.run)
	mux.HandleFunc("POST /stop", a.stop)
	return mux
}

func (a *Agent) stop(w http.ResponseWriter, request *http.Request) {
	a.mutex.Lock()
	run := a.runs[request.URL.Query().Get("run")]
	a.mutex.Unlock()
	if run == nil {
		http.Error(w, "no such run", http.StatusNotFound)
		return
	}
	run.Stop()
	fmt.Fprintln(w, "stopping")
}

func (a *Agent) run(w http.ResponseWriter, request *http.Request) {
	plan, err := ReadPlan(request.Body, a.resolve)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	run := NewRun(plan)
	if !a.admit(run) {
		http.Error(w, fmt.Sprintf("refused: with the runs under way this is more than %d/s", maxRatePerSecond), http.StatusTooManyRequests)
		return
	}
	defer a.release(run)
	stream(w, request, run)
}

func (a *Agent) admit(run *Run) bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.rate+run.plan.RatePerSecond > maxRatePerSecond {
		return false
	}
	a.rate += run.plan.RatePerSecond
	a.runs[run.ID] = run
	return true
}

func (a *Agent) release(run *Run) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.rate -= run.plan.RatePerSecond
	delete(a.runs, run.ID)
}

type startLine struct {
	Type  string `json:"type"` // "start"
	Run   string `json:"run"`
	NowMs int64  `json:"nowMs"` // this machine's clock: the reader works out the difference to its own
}

type endLine struct {
	Type    string `json:"type"` // "end"
	Reason  string `json:"reason"`
	Sent    int    `json:"sent"`
	Skipped int    `json:"skipped"`
}

// stream writes the rows of the slices that have ended, as often as the plan says. When the reader goes away, the load ends with it.
func stream(w http.ResponseWriter, request *http.Request, run *Run) {
	ctx, cancel := context.WithCancel(request.Context())
	defer cancel()
	w.Header().Set("Content-Type", "application/x-ndjson")
	controller, encoder := http.NewResponseController(w), json.NewEncoder(w)
	write := func(lines ...any) {
		_ = controller.SetWriteDeadline(time.Now().Add(10 * time.Second))
		for _, line := range lines {
			if encoder.Encode(line) != nil {
				cancel()
				return
			}
		}
		if controller.Flush() != nil {
			cancel()
		}
	}
	write(startLine{"start", run.ID, time.Now().UnixMilli()})
	ended := make(chan string, 1)
	go func() { ended <- run.Send(ctx) }()
	ticker := time.NewTicker(run.plan.reportEvery())
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			if rows := run.tally.Take(now); len(rows) > 0 {
				write(asLines(rows)...)
			}
		case reason := <-ended:
			write(asLines(run.tally.Take(time.Time{}))...)
			write(endLine{"end", reason, run.sent, run.skipped})
			return
		}
	}
}

func asLines(rows []*Row) []any {
	lines := make([]any, len(rows))
	for i, row := range rows {
		lines[i] = row
	}
	return lines
}
