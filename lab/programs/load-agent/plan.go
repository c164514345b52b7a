package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// The hard caps: no caller of the agent can ask for more.
const (
	maxRatePerSecond   = 2000
	maxDurationSeconds = 1800
	maxInFlight        = 1024
	maxTargets         = 200
	maxReportEveryMs   = 5_000
)

// Plan is the body of POST /run.
type Plan struct {
	Targets         []Target `json:"targets"`         // take turns, in this order
	RatePerSecond   float64  `json:"ratePerSecond"`   // over all targets together
	DurationSeconds float64  `json:"durationSeconds"` // the run ends by itself after this
	InFlight        int      `json:"inFlight"`        // requests waiting for an answer at once; 0 = 256
	TimeoutMs       int      `json:"timeoutMs"`       // for one request; 0 = 31000, just above the route's 30 s
	ReportEveryMs   int      `json:"reportEveryMs"`   // how often rows are sent; 0 = as each slice ends. Seldom takes less from what is measured
}

// Target is one request to repeat. Targets with the same path share their connections.
type Target struct {
	Path    string            `json:"path"`    // how the answer is reached: "gateway/<pod>" or "mesh"
	Service string            `json:"service"` // whom it is for
	Method  string            `json:"method"`  // "" = GET
	URL     string            `json:"url"`     // http only
	Host    string            `json:"host"`    // Host header, "" = the URL's
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Proxy   string            `json:"proxy"` // http proxy, "" = none
}

func (p Plan) timeout() time.Duration {
	if p.TimeoutMs == 0 {
		return 31 * time.Second
	}
	return time.Duration(p.TimeoutMs) * time.Millisecond
}

func (p Plan) inFlight() int {
	if p.InFlight == 0 {
		return 256
	}
	return p.InFlight
}

func (p Plan) reportEvery() time.Duration {
	if p.ReportEveryMs == 0 {
		return sliceMs * time.Millisecond
	}
	return time.Duration(p.ReportEveryMs) * time.Millisecond
}

// lookup is net.DefaultResolver.LookupNetIP, or a test's.
type lookup func(host string) ([]netip.Addr, error)

// ReadPlan parses the body and reports everything that is wrong with it at once.
func ReadPlan(body io.Reader, resolve lookup) (Plan, error) {
	decoder := json.NewDecoder(io.LimitReader(body, 1<<20))
	decoder.DisallowUnknownFields()
	var plan Plan
	if err := decoder.Decode(&plan); err != nil {
		return Plan{}, fmt.Errorf("the body is not a plan: %w", err)
	}
	var wrong []string
	complain := func(format string, values ...any) { wrong = append(wrong, fmt.Sprintf(format, values...)) }
	if !(plan.RatePerSecond > 0 && plan.RatePerSecond <= maxRatePerSecond) {
		complain("ratePerSecond is %g; above 0 and up to %d is allowed", plan.RatePerSecond, maxRatePerSecond)
	}
	if !(plan.DurationSeconds > 0 && plan.DurationSeconds <= maxDurationSeconds) {
		complain("durationSeconds is %g; above 0 and up to %d is allowed", plan.DurationSeconds, maxDurationSeconds)
	}
	if plan.InFlight < 0 || plan.InFlight > maxInFlight {
		complain("inFlight is %d; 0 to %d is allowed", plan.InFlight, maxInFlight)
	}
	if plan.TimeoutMs < 0 || plan.TimeoutMs > 120_000 {
		complain("timeoutMs is %d; 0 to 120000 is allowed", plan.TimeoutMs)
	}
	if plan.ReportEveryMs != 0 && (plan.ReportEveryMs < sliceMs || plan.ReportEveryMs > maxReportEveryMs) {
		complain("reportEveryMs is %d; 0, or %d to %d is allowed", plan.ReportEveryMs, sliceMs, maxReportEveryMs)
	}
	if len(plan.Targets) == 0 || len(plan.Targets) > maxTargets {
		complain("%d targets; 1 to %d are allowed", len(plan.Targets), maxTargets)
	}
	checked := map[string]error{}
	for i, target := range plan.Targets {
		for _, problem := range target.problems(resolve, checked) {
			complain("targets[%d]: %s", i, problem)
		}
	}
	if len(wrong) > 0 {
		return Plan{}, fmt.Errorf("refused:\n  %s", strings.Join(wrong, "\n  "))
	}
	return plan, nil
}

func (t Target) problems(resolve lookup, checked map[string]error) []string {
	var problems []string
	if t.Path == "" || t.Service == "" {
		problems = append(problems, "path and service are wanted")
	}
	addresses := []string{t.URL}
	if t.Proxy != "" {
		// What goes through a proxy is judged too: a mesh proxy passes unknown hosts on to anywhere.
		addresses = append(addresses, t.Proxy)
	}
	for _, address := range addresses {
		err, known := checked[address]
		if !known {
			err = privateURL(address, resolve)
			checked[address] = err
		}
		if err != nil {
			problems = append(problems, err.Error())
		}
	}
	if _, err := t.request(""); err != nil {
		problems = append(problems, err.Error())
	}
	return problems
}

// request builds the HTTP request; the id makes each one attributable in every log it passes.
func (t Target) request(id string) (*http.Request, error) {
	method := t.Method
	if method == "" {
		method = http.MethodGet
	}
	request, err := http.NewRequest(method, t.URL, strings.NewReader(t.Body))
	if err != nil {
		return nil, err
	}
	for name, value := range t.Headers {
		request.Header.Set(name, value)
	}
	request.Header.Set("X-Request-Id", id)
	if t.Body != "" && request.Header.Get("Content-Type") == "" {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Host = t.Host
	return request, nil
}

// privateURL refuses whatever could lie outside this machine or its cluster.
func privateURL(address string, resolve lookup) error {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "http" || parsed.Hostname() == "" {
		return fmt.Errorf("%q is not an http URL", address)
	}
	found, err := resolve(parsed.Hostname())
	if err != nil {
		return fmt.Errorf("%s does not resolve: %w", parsed.Hostname(), err)
	}
	for _, one := range found {
		if !private(one) {
			return fmt.Errorf("%s is %s: only private and loopback addresses get load", parsed.Hostname(), one)
		}
	}
	return nil
}

// sharedRange is RFC 6598's, private to its network; EKS hands it to pods of secondary ranges.
var sharedRange = netip.MustParsePrefix("100.64.0.0/10")

func private(address netip.Addr) bool {
	address = address.Unmap()
	return address.IsPrivate() || address.IsLoopback() || sharedRange.Contains(address)
}

// guardDial runs on the very address that is about to be connected to, after any name resolution.
func guardDial(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	parsed, err := netip.ParseAddr(host)
	if err != nil || !private(parsed) {
		return fmt.Errorf("%s: only private and loopback addresses get load", address)
	}
	return nil
}
