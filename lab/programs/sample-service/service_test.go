package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func config(change func(*Config)) Config {
	c := Config{Name: "order-api", Version: "v1.2.3", Pod: "order-api-blue-abc", Port: 8080}
	if change != nil {
		change(&c)
	}
	return c
}

func start(t *testing.T, c Config) string {
	t.Helper()
	server := httptest.NewServer(newHandler(c, NewHealth(c, time.Now)))
	t.Cleanup(server.Close)
	return server.URL
}

type reply struct {
	status int
	header http.Header
	text   string
	json   map[string]any
}

func call(t *testing.T, method, url, body string, headers ...string) reply {
	t.Helper()
	request, err := http.NewRequest(method, url, bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, _ := io.ReadAll(response.Body)
	got := reply{status: response.StatusCode, header: response.Header, text: string(raw)}
	_ = json.Unmarshal(raw, &got.json)
	return got
}

func item(r reply) map[string]any { found, _ := r.json["item"].(map[string]any); return found }

func TestAnOrderIsCreatedPaidAndShipped(t *testing.T) {
	orders := start(t, config(nil)) + "/api/v1/orders"
	created := call(t, "POST", orders, `{"item":"book","quantity":2}`)
	id := fmt.Sprint(item(created)["id"])
	if created.status != 201 || item(created)["status"] != "CREATED" {
		t.Fatalf("created: %d %s", created.status, created.text)
	}
	if early := call(t, "POST", orders+"/"+id+"/shipment", ""); early.status != 409 {
		t.Errorf("an unpaid order was shipped: %d %s", early.status, early.text)
	}
	if paid := call(t, "POST", orders+"/"+id+"/payment", ""); paid.status != 201 || item(paid)["status"] != "PAID" {
		t.Errorf("payment: %d %s", paid.status, paid.text)
	}
	if shipped := call(t, "POST", orders+"/"+id+"/shipment", ""); item(shipped)["status"] != "SHIPPED" {
		t.Errorf("shipment: %d %s", shipped.status, shipped.text)
	}
	if got := call(t, "GET", orders+"/"+id, ""); item(got)["status"] != "SHIPPED" {
		t.Errorf("get: %d %s", got.status, got.text)
	}
	if listed := call(t, "GET", orders, ""); !strings.Contains(listed.text, id) {
		t.Errorf("list lacks %s: %s", id, listed.text)
	}
}

func TestAFlowThatStartedInOnePodGoesOnInAnother(t *testing.T) {
	one, two := start(t, config(nil))+"/api/v1/orders", start(t, config(nil))+"/api/v1/orders"
	id := fmt.Sprint(item(call(t, "POST", one, `{"item":"book"}`))["id"])
	payment := fmt.Sprint(item(call(t, "POST", one+"/"+id+"/payment", ""))["paymentId"])
	shipped := call(t, "POST", two+"/"+id+"/shipment", fmt.Sprintf(`{"paymentId":%q}`, payment))
	if shipped.status != 201 || item(shipped)["status"] != "SHIPPED" {
		t.Errorf("shipment in the other pod: %d %s", shipped.status, shipped.text)
	}
}

func TestWrongRequestsAreTheCallersFault(t *testing.T) {
	orders := start(t, config(nil)) + "/api/v1/orders"
	for _, c := range []struct {
		method, url, body string
		status            int
	}{
		{"POST", orders, "not json", 400},
		{"GET", orders + "/o-123-00000000", "", 404},
		{"POST", orders + "/nonsense/payment", "", 404},
		{"DELETE", orders, "", 405},
	} {
		if got := call(t, c.method, c.url, c.body); got.status != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.url, got.status, c.status)
		}
	}
}

func TestEveryAnswerNamesVersionAndPod(t *testing.T) {
	base := start(t, config(func(c *Config) { c.Name = "customer-api" }))
	got := call(t, "GET", base+"/api/v1/customers", "", "x-request-id", "abc")
	if got.header.Get("x-app-version") != "v1.2.3" || got.header.Get("x-app-pod") != "order-api-blue-abc" {
		t.Errorf("headers: %v", got.header)
	}
	if got.json["version"] != "v1.2.3" || got.json["pod"] != "order-api-blue-abc" {
		t.Errorf("body: %s", got.text)
	}
	if got.header.Get("x-request-id") != "abc" {
		t.Errorf("the request id is not echoed: %v", got.header)
	}
}

func TestTheFailingShareIsChosenByRequestId(t *testing.T) {
	orders := start(t, config(func(c *Config) { c.FailShare = 0.2 })) + "/api/v1/orders"
	failed := 0
	for i := range 500 {
		id := fmt.Sprintf("request-%d", i)
		first, again := call(t, "GET", orders, "", "x-request-id", id), call(t, "GET", orders, "", "x-request-id", id)
		if first.status != again.status {
			t.Fatalf("a retry of %s changed the answer: %d, %d", id, first.status, again.status)
		}
		if first.status == 500 {
			failed++
		}
	}
	if failed < 70 || failed > 130 {
		t.Errorf("%d of 500 failed, about 100 expected", failed)
	}
}

func TestTheShareFailsOnlyAboveTheRate(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	faults := NewFaults(1, 5, func() time.Time { return now })
	for i := range 5 {
		if faults.Fails("x") {
			t.Fatalf("request %d of this second failed already", i+1)
		}
	}
	if !faults.Fails("x") {
		t.Error("the sixth request within a second did not fail")
	}
	now = now.Add(2 * time.Second)
	if faults.Fails("x") {
		t.Error("it still fails two seconds later, at one request per second")
	}
}

func TestALostDatabaseShowsInHealthAndAnswersButNotInReadiness(t *testing.T) {
	base := start(t, config(func(c *Config) { c.DBDownAfter = time.Nanosecond }))
	health := call(t, "GET", base+"/actuator/health", "")
	components, _ := health.json["components"].(map[string]any)
	db, _ := components["db"].(map[string]any)
	if health.status != 503 || health.json["status"] != "DOWN" || db["status"] != "DOWN" {
		t.Errorf("health: %d %s", health.status, health.text)
	}
	if got := call(t, "GET", base+"/api/v1/orders", ""); got.status != 503 {
		t.Errorf("api: %d", got.status)
	}
	if got := call(t, "GET", base+"/actuator/health/readiness", ""); got.status != 200 {
		t.Errorf("readiness: %d", got.status)
	}
}

func TestAHealthyServiceReportsItsComponents(t *testing.T) {
	got := call(t, "GET", start(t, config(nil))+"/actuator/health", "")
	components, _ := got.json["components"].(map[string]any)
	for _, name := range []string{"db", "redis", "diskSpace"} {
		if one, _ := components[name].(map[string]any); one["status"] != "UP" {
			t.Errorf("%s: %v", name, components[name])
		}
	}
}

func TestMetricsCarryMicrometersNames(t *testing.T) {
	base := start(t, config(nil))
	call(t, "POST", base+"/api/v1/orders", `{"item":"book"}`)
	text := call(t, "GET", base+"/actuator/prometheus", "").text
	for _, line := range []string{
		`http_server_requests_seconds_count{application="order-api",exception="none",method="POST",outcome="SUCCESS",status="201",uri="/api/v1/orders"} 1`,
		`hikaricp_connections_active{application="order-api",pool="HikariPool-1"} 2`,
		`orders_total{application="order-api",outcome="success"} 1`,
		`cache_gets_total{application="order-api",cache="redis",result="miss"} 1`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("no %s in\n%s", line, text)
		}
	}
}

func TestAfterSigtermItIsNotReadyButServesOnAndThenEnds(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base, stop, ended := "http://"+listener.Addr().String(), make(chan os.Signal, 1), make(chan error, 1)
	go func() {
		ended <- serve(config(func(c *Config) { c.DrainFor = 300 * time.Millisecond }), listener, stop)
	}()
	if got := call(t, "GET", base+"/actuator/health/readiness", ""); got.status != 200 {
		t.Fatalf("not ready at first: %d", got.status)
	}
	stop <- syscall.SIGTERM
	deadline := time.Now().Add(200 * time.Millisecond)
	for call(t, "GET", base+"/actuator/health/readiness", "").status != 503 {
		if time.Now().After(deadline) {
			t.Fatal("still ready after SIGTERM")
		}
	}
	if got := call(t, "GET", base+"/api/v1/orders", ""); got.status != 200 {
		t.Errorf("while draining: %d", got.status)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Error("it did not end")
	}
}

func TestEveryWrongVariableIsReportedAtOnce(t *testing.T) {
	env := map[string]string{"FAIL_SHARE": "2", "IGNORE_SIGTERM": "maybe", "LATENCY_MS": "-1"}
	_, err := LoadConfig(func(name string) string { return env[name] })
	for name := range env {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
}
