package main

import (
	"net/http"
	"sync/atomic"
	"syscall"
	"time"
)

// Health answers as Spring Boot's actuator does.
//
// As in Spring, readiness does not look at the database: a shared database that goes away would
// otherwise take every pod of every slot out at once. /actuator/health shows it.
type Health struct {
	now      func() time.Time
	lostAt   time.Time // zero: the database stays
	draining atomic.Bool
}

func NewHealth(config Config, now func() time.Time) *Health {
	health := &Health{now: now}
	if config.DBDownAfter > 0 {
		health.lostAt = now().Add(config.DBDownAfter)
	}
	return health
}

func (h *Health) DatabaseUp() bool { return h.lostAt.IsZero() || h.now().Before(h.lostAt) }

// Drain makes readiness fail from now on.
func (h *Health) Drain() { h.draining.Store(true) }

func (h *Health) Draining() bool { return h.draining.Load() }

func (h *Health) register(mux *http.ServeMux) {
	mux.HandleFunc("GET /actuator/health", h.full)
	mux.HandleFunc("GET /actuator/health/readiness", h.readiness)
	mux.HandleFunc("GET /actuator/health/liveness", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, component("UP", nil))
	})
}

func (h *Health) full(w http.ResponseWriter, _ *http.Request) {
	overall, db := "UP", component("UP", map[string]any{"database": "PostgreSQL", "validationQuery": "isValid()"})
	if !h.DatabaseUp() {
		overall = "DOWN"
		db = component("DOWN", map[string]any{"error": "java.sql.SQLTransientConnectionException: connection is not available"})
	}
	body := map[string]any{
		"status": overall,
		"components": map[string]any{
			"db":        db,
			"redis":     component("UP", map[string]any{"version": "7.2.4"}),
			"diskSpace": component("UP", diskSpace()),
		},
		"groups": []string{"liveness", "readiness"},
	}
	writeJSON(w, statusCode(overall), body)
}

func (h *Health) readiness(w http.ResponseWriter, _ *http.Request) {
	status := "UP"
	if h.Draining() {
		status = "OUT_OF_SERVICE"
	}
	writeJSON(w, statusCode(status), component(status, nil))
}

func component(status string, details map[string]any) map[string]any {
	body := map[string]any{"status": status}
	if details != nil {
		body["details"] = details
	}
	return body
}

func statusCode(status string) int {
	if status == "UP" {
		return http.StatusOK
	}
	return http.StatusServiceUnavailable
}

func diskSpace() map[string]any {
	var disk syscall.Statfs_t
	if err := syscall.Statfs("/", &disk); err != nil {
		return map[string]any{"path": "/", "exists": false}
	}
	size := uint64(disk.Bsize)
	return map[string]any{"path": "/", "exists": true, "total": disk.Blocks * size, "free": disk.Bavail * size}
}
