package xds

import (
	"encoding/json"
	"net/http"

	"github.com/envoyproxy/go-control-plane/pkg/resource/v3"
)

// syncStatus is one entry of istiod's /debug/syncz: the nonces last sent to a
// proxy and last acknowledged by it; equal means it has the newest.
type syncStatus struct {
	ClusterID     string `json:"cluster_id"`
	Proxy         string `json:"proxy"`
	ProxyType     string `json:"proxy_type"`
	ClusterSent   string `json:"cluster_sent,omitempty"`
	ClusterAcked  string `json:"cluster_acked,omitempty"`
	ListenerSent  string `json:"listener_sent,omitempty"`
	ListenerAcked string `json:"listener_acked,omitempty"`
	RouteSent     string `json:"route_sent,omitempty"`
	RouteAcked    string `json:"route_acked,omitempty"`
	EndpointSent  string `json:"endpoint_sent,omitempty"`
	EndpointAcked string `json:"endpoint_acked,omitempty"`
}

// Syncz answers which proxy has acknowledged what, in istiod's shape.
func (s *Server) Syncz(w http.ResponseWriter, _ *http.Request) {
	out := []syncStatus{}
	for _, c := range s.sorted() {
		c.mu.Lock()
		of := func(typeURL string) delivery {
			if d := c.deliveries[typeURL]; d != nil {
				return *d
			}
			return delivery{}
		}
		cds, eds := of(resource.ClusterType), of(resource.EndpointType)
		lds, rds := of(resource.ListenerType), of(resource.RouteType)
		c.mu.Unlock()
		out = append(out, syncStatus{
			ClusterID: "Kubernetes", Proxy: c.proxy.Pod + "." + c.proxy.Namespace, ProxyType: string(c.proxy.Kind),
			ClusterSent: cds.sentNonce, ClusterAcked: cds.ackedNonce,
			EndpointSent: eds.sentNonce, EndpointAcked: eds.ackedNonce,
			ListenerSent: lds.sentNonce, ListenerAcked: lds.ackedNonce,
			RouteSent: rds.sentNonce, RouteAcked: rds.ackedNonce,
		})
	}
	w.Header().Set("content-type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}
