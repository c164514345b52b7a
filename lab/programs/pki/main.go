// Pki makes the certificates of a lab cluster: one authority for the cluster,
// one for the aggregation layer, and the key that signs service-account tokens.
//
//	pki FOLDER ADDRESS...
//
// ADDRESS are the names and addresses under which the API server answers.
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const lifetime = 365 * 24 * time.Hour

type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: pki FOLDER ADDRESS...")
	}
	folder, addresses := os.Args[1], os.Args[2:]
	must(os.MkdirAll(folder, 0o700))

	cluster := newAuthority(folder, "ca", "c4ang-lab")
	cluster.issue(folder, "apiserver", pkix.Name{CommonName: "kube-apiserver"}, addresses)
	cluster.issue(folder, "kubelet-server", pkix.Name{CommonName: "system:node:lab"}, addresses)
	clients := map[string]pkix.Name{
		"admin":                    {CommonName: "lab-admin", Organization: []string{"system:masters"}},
		"apiserver-kubelet-client": {CommonName: "kube-apiserver", Organization: []string{"system:masters"}},
		"controller-manager":       {CommonName: "system:kube-controller-manager"},
		"scheduler":                {CommonName: "system:kube-scheduler"},
		"kube-proxy":               {CommonName: "system:kube-proxy"},
		"kubelet":                  {CommonName: "system:node:lab", Organization: []string{"system:nodes"}},
		"control-plane":            {CommonName: "c4ang-lab:control-plane"},
		"prometheus":               {CommonName: "c4ang-lab:prometheus"},
	}
	for file, subject := range clients {
		cluster.issue(folder, file, subject, nil)
	}
	newAuthority(folder, "front-proxy-ca", "c4ang-lab-front-proxy").
		issue(folder, "front-proxy-client", pkix.Name{CommonName: "front-proxy-client"}, nil)

	// RSA, because OIDC consumers of service-account tokens expect RS256.
	signer, err := rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	writeKey(filepath.Join(folder, "service-account.key"), signer)
	public, err := x509.MarshalPKIXPublicKey(signer.Public())
	must(err)
	writePEM(filepath.Join(folder, "service-account.pub"), "PUBLIC KEY", public, 0o644)
}

func newAuthority(folder, file, name string) authority {
	key := newKey()
	template := template(pkix.Name{CommonName: name})
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(err)
	certificate, err := x509.ParseCertificate(der)
	must(err)
	writePEM(filepath.Join(folder, file+".crt"), "CERTIFICATE", der, 0o644)
	return authority{certificate, key}
}

// issue signs a certificate: a server's when it has addresses, else a client's.
func (a authority) issue(folder, file string, subject pkix.Name, addresses []string) {
	key := newKey()
	template := template(subject)
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if addresses != nil {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	for _, address := range addresses {
		if ip := net.ParseIP(address); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, address)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	must(err)
	writePEM(filepath.Join(folder, file+".crt"), "CERTIFICATE", der, 0o644)
	writeKey(filepath.Join(folder, file+".key"), key)
}

func template(subject pkix.Name) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	must(err)
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      subject,
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(lifetime),
	}
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	return key
}

func writeKey(path string, key crypto.Signer) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(err)
	writePEM(path, "PRIVATE KEY", der, 0o600)
}

func writePEM(path, kind string, der []byte, mode os.FileMode) {
	must(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
