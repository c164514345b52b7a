package xds

import (
	"context"
	"log/slog"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
)

// OnStreamOpen implements the discovery server's callbacks.
func (s *Server) OnStreamOpen(context.Context, int64, string) error { return nil }

// OnStreamClosed implements the discovery server's callbacks.
func (s *Server) OnStreamClosed(stream int64, _ *core.Node) { s.disconnect(stream) }

// OnStreamRequest reads acknowledgements and refusals. A refused version counts
// as one the proxy has, or else the cache would send it again, at once and
// without end; the next version that differs is sent as ever.
func (s *Server) OnStreamRequest(stream int64, request *discovery.DiscoveryRequest) error {
	c, err := s.connect(stream, request.GetNode())
	if err != nil {
		slog.Error("a proxy was turned away", "error", err)
		return err
	}
	typeURL := request.GetTypeUrl()
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.delivery(typeURL)
	// Every request says what the proxy has. The first on a stream may say that
	// it is up to date, and is then never answered: so it is after a restart.
	d.ackedVersion = request.GetVersionInfo()
	if request.GetResponseNonce() == "" || request.GetResponseNonce() != d.sentNonce {
		return nil
	}
	if refusal := request.GetErrorDetail(); refusal != nil {
		s.observer.Rejected(typeURL)
		slog.Error("a proxy refused its configuration", "proxy", c.proxy.ID, "type", ShortType(typeURL),
			"reason", lastPart(refusal.GetMessage()))
		request.VersionInfo = d.sentVersion
		d.refusedVersion = d.sentVersion
		c.answered()
		return nil
	}
	d.ackedNonce = d.sentNonce
	if took, converged := c.answered(); converged {
		s.observer.Converged(took)
	}
	return nil
}

// OnStreamResponse notes what is about to be sent.
func (s *Server) OnStreamResponse(_ context.Context, stream int64, request *discovery.DiscoveryRequest, response *discovery.DiscoveryResponse) {
	s.observer.Pushed(request.GetTypeUrl())
	s.mu.Lock()
	c := s.byID[stream]
	s.mu.Unlock()
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.delivery(request.GetTypeUrl())
	d.sentNonce, d.sentVersion = response.GetNonce(), response.GetVersionInfo()
}

// OnDeltaStreamOpen and its siblings belong to the incremental protocol, which
// the lab's proxies do not speak.
func (s *Server) OnDeltaStreamOpen(context.Context, int64, string) error { return nil }

// OnDeltaStreamClosed implements the discovery server's callbacks.
func (s *Server) OnDeltaStreamClosed(int64, *core.Node) {}

// OnStreamDeltaRequest implements the discovery server's callbacks.
func (s *Server) OnStreamDeltaRequest(int64, *discovery.DeltaDiscoveryRequest) error { return nil }

// OnStreamDeltaResponse implements the discovery server's callbacks.
func (s *Server) OnStreamDeltaResponse(int64, *discovery.DeltaDiscoveryRequest, *discovery.DeltaDiscoveryResponse) {
}

// OnFetchRequest implements the discovery server's callbacks.
func (s *Server) OnFetchRequest(context.Context, *discovery.DiscoveryRequest) error { return nil }

// OnFetchResponse implements the discovery server's callbacks.
func (s *Server) OnFetchResponse(*discovery.DiscoveryRequest, *discovery.DiscoveryResponse) {}

// lastPart keeps the end of Envoy's complaint, which says what is wrong; before
// it stands the whole configuration.
func lastPart(message string) string {
	const enough = 400
	if len(message) > enough {
		return "… " + message[len(message)-enough:]
	}
	return message
}
