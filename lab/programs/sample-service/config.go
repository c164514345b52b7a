package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Config is everything the service reads from its environment. Every fault is off by default.
type Config struct {
	Name    string // APP_NAME, "order-api"
	Version string // APP_VERSION, "v1.0.0"
	Pod     string // POD_NAME, else the host name (which is the pod's name in Kubernetes)
	Port    int    // PORT

	FailShare    float64       // FAIL_SHARE: share of API requests answered 500, chosen by x-request-id
	FailAboveRPS float64       // FAIL_ABOVE_RPS: the share fails only while this pod gets more than this
	Latency      time.Duration // LATENCY_MS: added to every API request
	StartDelay   time.Duration // START_DELAY_MS: before the port opens
	DBDownAfter  time.Duration // DB_DOWN_AFTER_MS: the database is lost this long after the start; 0 = never
	LeakMBPerSec float64       // LEAK_MB_PER_S: memory taken and never given back
	IgnoreTerm   bool          // IGNORE_SIGTERM: only SIGKILL ends it
	DrainFor     time.Duration // SHUTDOWN_DRAIN_MS: how long it still serves after SIGTERM
}

// Thing is the plural noun of the API: order-api serves /api/v1/orders.
func (c Config) Thing() string { return strings.TrimSuffix(c.Name, "-api") + "s" }

// LoadConfig reads the environment and reports every wrong variable at once.
func LoadConfig(getenv func(string) string) (Config, error) {
	r := envReader{getenv: getenv}
	config := Config{
		Name:         r.text("APP_NAME", "order-api"),
		Version:      r.text("APP_VERSION", "v0.0.0"),
		Pod:          r.text("POD_NAME", hostname()),
		Port:         int(r.number("PORT", 8080, 65535)),
		FailShare:    r.number("FAIL_SHARE", 0, 1),
		FailAboveRPS: r.number("FAIL_ABOVE_RPS", 0, 1e6),
		Latency:      r.millis("LATENCY_MS", 0),
		StartDelay:   r.millis("START_DELAY_MS", 0),
		DBDownAfter:  r.millis("DB_DOWN_AFTER_MS", 0),
		LeakMBPerSec: r.number("LEAK_MB_PER_S", 0, 1024),
		IgnoreTerm:   r.flag("IGNORE_SIGTERM"),
		DrainFor:     r.millis("SHUTDOWN_DRAIN_MS", 5000),
	}
	if len(r.wrong) > 0 {
		return Config{}, fmt.Errorf("wrong environment:\n  %s", strings.Join(r.wrong, "\n  "))
	}
	return config, nil
}

type envReader struct {
	getenv func(string) string
	wrong  []string
}

func (r *envReader) text(name, fallback string) string {
	if value := r.getenv(name); value != "" {
		return value
	}
	return fallback
}

func (r *envReader) number(name string, fallback, max float64) float64 {
	text := r.getenv(name)
	if text == "" {
		return fallback
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || !(value >= 0 && value <= max) {
		r.wrong = append(r.wrong, fmt.Sprintf("%s=%q: a number from 0 to %g is wanted", name, text, max))
		return fallback
	}
	return value
}

func (r *envReader) millis(name string, fallback float64) time.Duration {
	return time.Duration(r.number(name, fallback, 86_400_000) * float64(time.Millisecond))
}

func (r *envReader) flag(name string) bool {
	switch text := r.getenv(name); text {
	case "", "false", "0":
		return false
	case "true", "1":
		return true
	default:
		r.wrong = append(r.wrong, fmt.Sprintf("%s=%q: true or false is wanted", name, text))
		return false
	}
}

func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return name
}
