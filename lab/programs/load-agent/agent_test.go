package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func fixedLookup(host string) ([]netip.Addr, error) {
	if address, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{address}, nil
	}
	known := map[string]string{"inside.example": "10.96.0.7", "outside.example": "93.184.216.34"}
	if address, ok := known[host]; ok {
		return []netip.Addr{netip.MustParseAddr(address)}, nil
	}
	return nil, fmt.Errorf("no such host")
}

type line struct {
	Row
	Run     string `json:"run"`
	NowMs   int64  `json:"nowMs"`
	Reason  string `json:"reason"`
	Sent    int    `json:"sent"`
	Skipped int    `json:"skipped"`
}

// load runs a plan on a fresh agent and returns its lines; each is given to onLine as it comes.
func load(t *testing.T, plan Plan, onLine func(agentURL string, l line)) []line {
	t.Helper()
	agent := httptest.NewServer(NewAgent(fixedLookup).Handler())
	defer agent.Close()
	body, _ := json.Marshal(plan)
	response, err := http.Post(agent.URL+"/run", "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var lines []line
	scanner := bufio.NewScanner(response.Body)
	for scanner.Scan() {
		var one line
		if err := json.Unmarshal(scanner.Bytes(), &one); err != nil {
			t.Fatalf("%s: %v", scanner.Text(), err)
		}
		lines = append(lines, one)
		if onLine != nil {
			onLine(agent.URL, one)
		}
	}
	return lines
}

func sum(lines []line, pick func(line) int) int {
	total := 0
	for _, one := range lines {
		if one.Type == "row" {
			total += pick(one)
		}
	}
	return total
}

func TestRowsTellVersionsFailuresAndInstants(t *testing.T) {
	var mutex sync.Mutex
	ids := map[string]bool{}
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		mutex.Lock()
		ids[request.Header.Get("X-Request-Id")] = true
		count := len(ids)
		mutex.Unlock()
		if request.Host != "api.c4ang.com" || request.URL.Path != "/api/v1/orders" {
			t.Errorf("got %s %s", request.Host, request.URL)
		}
		if count%4 == 0 {
			w.Header().Set("X-Envoy-Response-Flags", "UH")
			w.WriteHeader(503)
			return
		}
		w.Header().Set("X-App-Version", "v1.0.0")
	}))
	defer service.Close()
	before := time.Now().UnixMilli()
	lines := load(t, Plan{
		RatePerSecond: 200, DurationSeconds: 0.5,
		Targets: []Target{{Path: "gateway/a", Service: "order-api", URL: service.URL + "/api/v1/orders", Host: "api.c4ang.com"}},
	}, nil)
	first, last := lines[0], lines[len(lines)-1]
	if first.Type != "start" || first.NowMs < before || last.Type != "end" || last.Reason != "duration" || last.Sent != 100 {
		t.Fatalf("start %+v, end %+v", first, last)
	}
	if got := sum(lines, func(l line) int { return len(l.AnsweredAt) }); got != 100 {
		t.Errorf("%d requests, want 100", got)
	}
	if got := sum(lines, func(l line) int { return len(l.BadAt["503 UH"]) }); got != 25 {
		t.Errorf("%d times 503 UH, want 25", got)
	}
	if len(ids) != 100 {
		t.Errorf("%d different request ids, want 100", len(ids))
	}
	for _, row := range lines[1 : len(lines)-1] {
		for _, offset := range row.AnsweredAt {
			if offset < 0 || offset >= sliceMs {
				t.Errorf("an offset out of the slice: %+v", row)
			}
		}
		bad := len(row.BadAt["503 UH"])
		if (bad == 0) != (row.Version == "v1.0.0") || (bad > 0 && (bad != len(row.AnsweredAt) || len(row.BadIDs) == 0)) {
			t.Errorf("row %+v", row)
		}
	}
}

func TestASlowServiceDoesNotSlowTheLoadAndLimitsAreCounted(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(400 * time.Millisecond) }))
	defer service.Close()
	lines := load(t, Plan{
		RatePerSecond: 100, DurationSeconds: 0.3, InFlight: 10,
		Targets: []Target{{Path: "mesh", Service: "order-api", URL: service.URL}},
	}, nil)
	end := lines[len(lines)-1]
	if end.Sent != 10 || end.Skipped != 20 {
		t.Errorf("sent %d, skipped %d; want 10 and 20", end.Sent, end.Skipped)
	}
	if got := sum(lines, func(l line) int { return l.Skipped }); got != 20 {
		t.Errorf("rows tell of %d skipped, want 20", got)
	}
}

func TestEachAnswerTellsWhenItsRequestWasSent(t *testing.T) {
	const delay = 150 * time.Millisecond
	service := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(delay) }))
	defer service.Close()
	before := time.Now().UnixMilli()
	lines := load(t, Plan{
		RatePerSecond: 50, DurationSeconds: 0.2,
		Targets: []Target{{Path: "mesh", Service: "order-api", URL: service.URL}},
	}, nil)
	for _, row := range lines[1 : len(lines)-1] {
		if len(row.SentAt) != len(row.AnsweredAt) {
			t.Fatalf("%d instants of sending for %d answers", len(row.SentAt), len(row.AnsweredAt))
		}
		for i, sent := range row.SentAt {
			if row.SliceMs+int64(sent) < before || row.AnsweredAt[i]-sent < int(delay.Milliseconds())-1 {
				t.Errorf("sent at %d, answered at %d of %+v", sent, row.AnsweredAt[i], row)
			}
		}
	}
}

func TestEachFailureTellsWhenItsRequestWasSent(t *testing.T) {
	const delay = 150 * time.Millisecond
	var mutex sync.Mutex
	count := 0
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mutex.Lock()
		count++
		bad := count%2 == 0
		mutex.Unlock()
		if bad {
			time.Sleep(delay)
			w.WriteHeader(500)
		}
	}))
	defer service.Close()
	lines := load(t, Plan{
		RatePerSecond: 50, DurationSeconds: 0.2,
		Targets: []Target{{Path: "mesh", Service: "order-api", URL: service.URL}},
	}, nil)
	for _, row := range lines[1 : len(lines)-1] {
		sent := row.BadSentAt["500"]
		if len(sent) != len(row.BadAt["500"]) {
			t.Fatalf("%d instants of sending for the failures of %+v", len(sent), row)
		}
		for i, answered := range row.BadAt["500"] {
			if answered-sent[i] < int(delay.Milliseconds())-1 {
				t.Errorf("sent at %d, failed at %d of %+v", sent[i], answered, row)
			}
		}
	}
	if got := sum(lines, func(l line) int { return len(l.BadSentAt["500"]) }); got != 5 {
		t.Errorf("%d failures with an instant of sending, want 5", got)
	}
}

func TestStopEndsGentlyWithAllRows(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer service.Close()
	runID, asked := "", false
	lines := load(t, Plan{
		RatePerSecond: 100, DurationSeconds: 60,
		Targets: []Target{{Path: "mesh", Service: "order-api", URL: service.URL}},
	}, func(agent string, l line) {
		if l.Type == "start" {
			runID = l.Run
		} else if !asked {
			asked = true
			if _, err := http.Post(agent+"/stop?run="+runID, "", nil); err != nil {
				t.Error(err)
			}
		}
	})
	end := lines[len(lines)-1]
	if end.Type != "end" || end.Reason != "stopped" || sum(lines, func(l line) int { return len(l.AnsweredAt) }) != end.Sent {
		t.Errorf("end %+v, rows of %d requests", end, sum(lines, func(l line) int { return len(l.AnsweredAt) }))
	}
}

func TestRowsAreSentAsSeldomAsAsked(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer service.Close()
	started, first := time.Now(), time.Duration(0)
	lines := load(t, Plan{
		RatePerSecond: 100, DurationSeconds: 0.5, ReportEveryMs: 5_000,
		Targets: []Target{{Path: "mesh", Service: "order-api", URL: service.URL}},
	}, func(_ string, l line) {
		if l.Type == "row" && first == 0 {
			first = time.Since(started)
		}
	})
	end := lines[len(lines)-1]
	if first < 400*time.Millisecond || sum(lines, func(l line) int { return len(l.AnsweredAt) }) != end.Sent {
		t.Errorf("the first row came after %s; %d requests in rows, %d sent", first, sum(lines, func(l line) int { return len(l.AnsweredAt) }), end.Sent)
	}
}

func TestTheProxyIsUsed(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		w.Header().Set("X-App-Version", request.URL.Host)
	}))
	defer proxy.Close()
	lines := load(t, Plan{
		RatePerSecond: 50, DurationSeconds: 0.1,
		Targets: []Target{{Path: "mesh", Service: "order-api", URL: "http://inside.example/api/v1/orders", Proxy: proxy.URL}},
	}, nil)
	if len(lines) < 3 || lines[1].Version != "inside.example" {
		t.Errorf("lines: %+v", lines)
	}
}

func TestEverythingWrongWithAPlanIsSaidAtOnce(t *testing.T) {
	body := `{"ratePerSecond": 5000, "durationSeconds": 7200, "inFlight": 99999, "reportEveryMs": 7, "targets": [
		{"path": "a", "service": "s", "url": "http://outside.example/"},
		{"path": "a", "service": "s", "url": "http://inside.example/", "proxy": "http://93.184.216.34:80"},
		{"path": "a", "service": "s", "url": "http://unknown.example/"},
		{"url": "ftp://10.0.0.1/"}]}`
	_, err := ReadPlan(strings.NewReader(body), fixedLookup)
	for _, part := range []string{
		"ratePerSecond is 5000", "durationSeconds is 7200", "inFlight is 99999", "reportEveryMs is 7",
		"targets[0]: outside.example is 93.184.216.34", "targets[1]: 93.184.216.34 is",
		"targets[2]: unknown.example does not resolve", "targets[3]: path and service", "not an http URL",
	} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in: %v", part, err)
		}
	}
	if _, err := ReadPlan(strings.NewReader(`{"rate": 1}`), fixedLookup); err == nil {
		t.Error("an unknown field was accepted")
	}
}

func TestOnlyPrivateAddressesAreDialled(t *testing.T) {
	for address, allowed := range map[string]bool{
		"127.0.0.1:80": true, "10.244.0.9:8080": true, "[::1]:80": true, "[fd00::1]:80": true, "100.64.1.1:80": true,
		"93.184.216.34:80": false, "169.254.169.254:80": false, "[2606:4700::1111]:80": false, "0.0.0.0:80": false,
	} {
		if err := guardDial(address); (err == nil) != allowed {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestRunsTogetherStayBelowTheCap(t *testing.T) {
	agent := NewAgent(fixedLookup)
	one := NewRun(Plan{RatePerSecond: 1500})
	if !agent.admit(one) || agent.admit(NewRun(Plan{RatePerSecond: 600})) {
		t.Error("2100/s were admitted, or 1500/s were not")
	}
	agent.release(one)
	if !agent.admit(NewRun(Plan{RatePerSecond: 600})) {
		t.Error("600/s were refused after the other run had ended")
	}
}

func TestBucketsAreTenPercentWide(t *testing.T) {
	for ms, want := range map[float64]int{0.05: 0, 0.105: 0, 0.115: 1, 10.5: 48, 500: 89} {
		if got := bucketOf(time.Duration(ms * float64(time.Millisecond))); got != want {
			t.Errorf("%s ms: bucket %d, want %d", strconv.FormatFloat(ms, 'g', -1, 64), got, want)
		}
	}
}
