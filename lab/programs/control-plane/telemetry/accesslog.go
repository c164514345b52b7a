package telemetry

import (
	"strconv"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	accesslog "github.com/envoyproxy/go-control-plane/envoy/data/accesslog/v3"
	service "github.com/envoyproxy/go-control-plane/envoy/service/accesslog/v3"
	"google.golang.org/grpc"

	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
)

const unknown = "unknown"

// AccessLogs is the access log service that gateways and sidecars report every
// finished request to.
type AccessLogs struct {
	service.UnimplementedAccessLogServiceServer
	metrics   *Metrics
	directory *Directory
}

// NewAccessLogs counts requests into metrics, naming workloads by directory.
func NewAccessLogs(metrics *Metrics, directory *Directory) *AccessLogs {
	return &AccessLogs{metrics: metrics, directory: directory}
}

// Register adds the service to a gRPC server.
func (a *AccessLogs) Register(g *grpc.Server) { service.RegisterAccessLogServiceServer(g, a) }

// StreamAccessLogs reads one proxy's requests; only the first message of a
// stream says who it is.
func (a *AccessLogs) StreamAccessLogs(stream service.AccessLogService_StreamAccessLogsServer) error {
	var source *mesh.Pod
	for {
		message, err := stream.Recv()
		if err != nil {
			return nil // the proxy closed the stream, or is gone
		}
		if id := message.GetIdentifier(); id != nil {
			if source, err = a.sourceOf(id.GetNode()); err != nil {
				return err
			}
		}
		for _, entry := range message.GetHttpLogs().GetLogEntry() {
			a.count(source, entry)
		}
	}
}

func (a *AccessLogs) sourceOf(node *core.Node) (*mesh.Pod, error) {
	proxy, err := mesh.ParseProxy(node.GetId(), node.GetMetadata())
	if err != nil {
		return nil, err
	}
	if pod := a.directory.at(proxy.Address); pod != nil {
		return pod, nil
	}
	return &mesh.Pod{Name: proxy.Pod, Namespace: proxy.Namespace, Labels: proxy.Labels, Workload: proxy.Pod}, nil
}

func (a *AccessLogs) count(source *mesh.Pod, entry *accesslog.HTTPAccessLogEntry) {
	common := entry.GetCommonProperties()
	destination := a.directory.at(common.GetUpstreamRemoteAddress().GetSocketAddress().GetAddress())
	labels := requestLabelsOf(source, destination, entry)
	a.metrics.requests.With(labels).Inc()
	took := common.GetDuration()
	if took == nil {
		took = common.GetTimeToLastDownstreamTxByte()
	}
	a.metrics.durations.With(labels).Observe(float64(took.AsDuration().Microseconds()) / 1000)
}

// requestLabelsOf names a request as Istio's stats filter in the calling proxy
// does. A request that reached no pod, because the proxy answered itself (NC,
// UH, NR …), has an unknown destination workload.
func requestLabelsOf(source, destination *mesh.Pod, entry *accesslog.HTTPAccessLogEntry) map[string]string {
	out := map[string]string{
		"reporter":                   "source",
		"request_protocol":           "http",
		"grpc_response_status":       "",
		"response_code":              strconv.Itoa(int(entry.GetResponse().GetResponseCode().GetValue())),
		"response_flags":             responseFlags(entry.GetCommonProperties().GetResponseFlags()),
		"connection_security_policy": unknown, // what Istio says on the caller's side
		"source_principal":           unknown, "destination_principal": unknown,
	}
	if strings.HasPrefix(entry.GetRequest().GetRequestHeaders()["content-type"], "application/grpc") {
		out["request_protocol"] = "grpc"
		out["grpc_response_status"] = entry.GetResponse().GetResponseTrailers()["grpc-status"]
		if out["grpc_response_status"] == "" {
			out["grpc_response_status"] = entry.GetResponse().GetResponseHeaders()["grpc-status"]
		}
	}
	describe(out, "source", source)
	describe(out, "destination", destination)
	cluster := entry.GetCommonProperties().GetUpstreamCluster()
	if cluster == "" {
		cluster = entry.GetResponse().GetResponseHeaders()[mesh.LocalReplyClusterHeader]
	}
	host, name, namespace := destinationService(cluster)
	out["destination_service"], out["destination_service_name"], out["destination_service_namespace"] = host, name, namespace
	return out
}

// destinationService is read from the cluster's name, which says nothing where
// no cluster was found.
func destinationService(cluster string) (host, name, namespace string) {
	if parts := strings.Split(cluster, "|"); len(parts) == 4 {
		labels := strings.SplitN(parts[3], ".", 3)
		if len(labels) == 3 && strings.HasPrefix(labels[2], "svc.") {
			return parts[3], labels[0], labels[1]
		}
		return parts[3], parts[3], unknown
	}
	if cluster != "" && cluster != "-" {
		return cluster, cluster, unknown
	}
	return unknown, unknown, unknown
}

func describe(out map[string]string, side string, pod *mesh.Pod) {
	set := func(name, value string) {
		if value == "" {
			value = unknown
		}
		out[side+"_"+name] = value
	}
	if pod == nil {
		pod = &mesh.Pod{}
		set("cluster", "")
	} else {
		set("cluster", "Kubernetes")
	}
	label := func(names ...string) string {
		for _, n := range names {
			if v := pod.Labels[n]; v != "" {
				return v
			}
		}
		return ""
	}
	app, version := label("app"), label("version")
	set("workload", pod.Workload)
	set("workload_namespace", pod.Namespace)
	set("app", app)
	set("version", version)
	canonical := label("service.istio.io/canonical-name", "app.kubernetes.io/name", "app")
	if canonical == "" {
		canonical = pod.Workload
	}
	set("canonical_service", canonical)
	revision := label("service.istio.io/canonical-revision", "app.kubernetes.io/version", "version")
	if revision == "" && pod.Name != "" {
		revision = "latest"
	}
	set("canonical_revision", revision)
}
