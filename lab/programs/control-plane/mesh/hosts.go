package mesh

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// fullHost completes a short name with the namespace it was written in; names
// with a dot, and wildcards, are left as they are.
func fullHost(host, namespace string) string {
	if host == "*" || strings.Contains(host, ".") {
		return host
	}
	return host + "." + namespace + ".svc." + ClusterDomain
}

// covers reports whether every name that host b matches is matched by a too.
// Either may start with the wildcard "*".
func covers(a, b string) bool {
	if !strings.HasPrefix(a, "*") {
		return a == b
	}
	return strings.HasSuffix(strings.TrimPrefix(b, "*"), a[1:]) && len(b) >= len(a)
}

// intersect lists the hosts that both a server and a VirtualService name: of
// each pair the narrower one.
func intersect(server, virtual []string) []string {
	var out []string
	add := func(h string) {
		if !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	for _, s := range server {
		for _, v := range virtual {
			if covers(v, s) {
				add(s)
			} else if covers(s, v) {
				add(v)
			}
		}
	}
	return out
}

// hostsForNamespace strips the namespace part of a Gateway server's hosts
// (ns/host, */host, ./host) and drops those meant for another namespace.
func hostsForNamespace(hosts []string, namespace, own string) []string {
	var out []string
	for _, h := range hosts {
		ns, name, ok := strings.Cut(h, "/")
		switch {
		case !ok:
			out = append(out, h)
		case ns == "*" || ns == namespace || (ns == "." && own == namespace):
			out = append(out, name)
		}
	}
	return out
}

// serviceDomains are the names under which callers may address a service from
// a proxy with the given DNS domain: full name, the shorter ones that resolve
// there, and the ClusterIP. With port > 0 each is listed with the port too (the
// HTTP proxy's route configuration), otherwise bare.
func serviceDomains(s *Service, dnsDomain string, port int) []string {
	host := s.Host()
	names := []string{host, host + "."}
	if home, _, ok := strings.Cut(dnsDomain, ".svc."); ok {
		if s.Namespace == home {
			names = append(names, s.Name, s.Name+"."+s.Namespace+".svc", s.Name+"."+s.Namespace)
		} else {
			names = append(names, s.Name+"."+s.Namespace, s.Name+"."+s.Namespace+".svc")
		}
	}
	if _, err := netip.ParseAddr(s.Address); err == nil {
		names = append(names, s.Address)
	}
	if port == 0 {
		return names
	}
	withPorts := make([]string, 0, 2*len(names))
	for _, n := range names {
		withPorts = append(withPorts, n, n+":"+strconv.Itoa(port))
	}
	return withPorts
}

// clusterName is Istio's name of an outbound cluster.
func clusterName(port int, subset, host string) string {
	return "outbound|" + strconv.Itoa(port) + "|" + subset + "|" + host
}

// parseClusterName takes a cluster name apart again; ok is false for names
// that are not Istio's.
func parseClusterName(name string) (host string, port int, ok bool) {
	parts := strings.Split(name, "|")
	if len(parts) != 4 {
		return "", 0, false
	}
	port, err := strconv.Atoi(parts[1])
	return parts[3], port, err == nil
}
