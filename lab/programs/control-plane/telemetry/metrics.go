// Package telemetry makes Istio's metrics: of requests from the proxies' access
// logs, and of pushes.
package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/c4ang/actions/lab/programs/control-plane/xds"
)

// requestLabels are Istio's standard labels, in its order.
var requestLabels = []string{
	"reporter",
	"source_workload", "source_workload_namespace", "source_app", "source_version",
	"source_canonical_service", "source_canonical_revision", "source_principal", "source_cluster",
	"destination_workload", "destination_workload_namespace", "destination_app", "destination_version",
	"destination_canonical_service", "destination_canonical_revision", "destination_principal", "destination_cluster",
	"destination_service", "destination_service_name", "destination_service_namespace",
	"request_protocol", "response_code", "grpc_response_status", "response_flags", "connection_security_policy",
}

// durationBucketsMs are the bounds of Istio's duration histogram.
var durationBucketsMs = []float64{0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000,
	30000, 60000, 300000, 600000, 1800000, 3600000}

// Metrics holds every series this program exports.
type Metrics struct {
	requests    *prometheus.CounterVec
	durations   *prometheus.HistogramVec
	pushes      *prometheus.CounterVec
	rejects     *prometheus.CounterVec
	convergence prometheus.Histogram
	connected   prometheus.Gauge
}

// NewMetrics registers the series.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "istio_requests_total", Help: "Requests, by the proxy that sent them."}, requestLabels),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "istio_request_duration_milliseconds", Help: "From the first byte in to the last byte out.",
			Buckets: durationBucketsMs}, requestLabels),
		pushes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pilot_xds_pushes", Help: "Responses sent, by resource type."}, []string{"type"}),
		rejects: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pilot_total_xds_rejects", Help: "Responses that a proxy refused, by resource type."}, []string{"type"}),
		convergence: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "pilot_proxy_convergence_time", Help: "Seconds from the start of a push until a proxy acknowledged all of it.",
			Buckets: []float64{.1, .5, 1, 3, 5, 10, 20, 30}}),
		connected: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "pilot_xds", Help: "Proxies connected."}),
	}
	registry.MustRegister(m.requests, m.durations, m.pushes, m.rejects, m.convergence, m.connected)
	return m
}

// Pushed implements xds.Observer.
func (m *Metrics) Pushed(typeURL string) { m.pushes.WithLabelValues(xds.ShortType(typeURL)).Inc() }

// Rejected implements xds.Observer.
func (m *Metrics) Rejected(typeURL string) { m.rejects.WithLabelValues(xds.ShortType(typeURL)).Inc() }

// Converged implements xds.Observer.
func (m *Metrics) Converged(after time.Duration) { m.convergence.Observe(after.Seconds()) }

// Connected implements xds.Observer.
func (m *Metrics) Connected(proxies int) { m.connected.Set(float64(proxies)) }

var _ xds.Observer = (*Metrics)(nil)
