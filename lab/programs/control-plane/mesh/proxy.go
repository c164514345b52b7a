package mesh

import (
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
)

// ProxyKind is the role an Envoy plays, the first part of its node id.
type ProxyKind string

// The two roles this control plane serves.
const (
	Router  ProxyKind = "router"
	Sidecar ProxyKind = "sidecar"
)

// Proxy is an Envoy that asks for configuration.
type Proxy struct {
	ID             string // the whole node id
	Kind           ProxyKind
	Address        string
	Pod, Namespace string
	// DNSDomain is what short service names are completed with, <namespace>.svc.cluster.local.
	DNSDomain string
	// HTTPProxyPort asks for an HTTP proxy listener on 127.0.0.1; 0 means none.
	HTTPProxyPort int
	// Labels come from the node metadata; when it has none, those of the pod count.
	Labels map[string]string
}

// ParseProxy reads an Istio node id, kind~address~pod.namespace~dnsDomain, and
// the node metadata that istiod reads too (NAMESPACE, LABELS, HTTP_PROXY_PORT).
func ParseProxy(id string, metadata *structpb.Struct) (Proxy, error) {
	parts := strings.Split(id, "~")
	if len(parts) != 4 {
		return Proxy{}, fmt.Errorf("node id %q is not kind~address~pod.namespace~domain", id)
	}
	pod, namespace, ok := strings.Cut(parts[2], ".")
	if !ok {
		return Proxy{}, fmt.Errorf("node id %q: %q is not pod.namespace", id, parts[2])
	}
	kind := ProxyKind(parts[0])
	if kind != Router && kind != Sidecar {
		return Proxy{}, fmt.Errorf("node id %q: kind %q is not supported (router or sidecar)", id, kind)
	}
	proxy := Proxy{ID: id, Kind: kind, Address: parts[1], Pod: pod, Namespace: namespace, DNSDomain: parts[3]}
	fields := metadata.GetFields()
	if ns := fields["NAMESPACE"].GetStringValue(); ns != "" {
		proxy.Namespace = ns
	}
	if port := portOf(fields["HTTP_PROXY_PORT"]); port > 0 {
		proxy.HTTPProxyPort = port
	}
	if labels := fields["LABELS"].GetStructValue().GetFields(); len(labels) > 0 {
		proxy.Labels = map[string]string{}
		for k, v := range labels {
			proxy.Labels[k] = v.GetStringValue()
		}
	}
	return proxy, nil
}

// portOf reads a port written as text ("15080", Istio's way) or as a number.
func portOf(v *structpb.Value) int {
	if n := v.GetNumberValue(); n > 0 {
		return int(n)
	}
	n, err := strconv.Atoi(v.GetStringValue())
	if err != nil {
		return 0
	}
	return n
}

// labelsIn are the proxy's labels: its own word, or else its pod's labels.
func (p Proxy) labelsIn(w *World) map[string]string {
	if p.Labels != nil {
		return p.Labels
	}
	if pod := w.Pods[p.Namespace+"/"+p.Pod]; pod != nil {
		return pod.Labels
	}
	return nil
}

// selects reports whether every wanted label is there; no wish selects everything.
func selects(wanted, labels map[string]string) bool {
	for k, v := range wanted {
		if labels[k] != v {
			return false
		}
	}
	return true
}
