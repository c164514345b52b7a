// Writes a small vulnerability database in Grype's own format, with Grype's own packages: schema 6. Its entries are
// invented, but for their shape.
//
//	grype-database FOLDER BUILT   (BUILT: RFC 3339, when it claims to have been built)
package main

import (
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/afero"

	v6 "github.com/anchore/grype/grype/db/v6"
)

type entry struct {
	id, severity, ecosystem, name, format, constraint, fixed string
}

var entries = []entry{
	{"CVE-2099-0001", "critical", "npm", "left-behind", "semver", "< 2.0.0", "2.0.0"},
	{"CVE-2099-0002", "low", "npm", "left-behind", "semver", "< 3.0.0", ""},
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: grype-database FOLDER BUILT")
	}
	built, err := time.Parse(time.RFC3339, os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	if err := write(filepath.Join(os.Args[1], "6"), built.UTC()); err != nil {
		log.Fatal(err)
	}
}

func write(folder string, built time.Time) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	store, err := v6.NewWriter(v6.Config{DBDirPath: folder})
	if err != nil {
		return err
	}
	if err := store.SetDBMetadata(); err != nil {
		return err
	}
	provider := &v6.Provider{ID: "github", Version: "1", Processor: "lab", DateCaptured: &built, InputDigest: "sha256:00"}
	for _, one := range entries {
		if err := add(store, provider, one); err != nil {
			return err
		}
	}
	if err := store.Close(); err != nil {
		return err
	}

	// The store always writes the present time; a database that is old has to say so.
	path := filepath.Join(folder, v6.VulnerabilityDBFileName)
	db, err := v6.NewLowLevelDB(path, false, true, false)
	if err != nil {
		return err
	}
	if err := db.Model(&v6.DBMetadata{}).Where("true").Update("build_timestamp", built).Error; err != nil {
		return err
	}
	connection, err := db.DB()
	if err != nil {
		return err
	}
	if err := connection.Close(); err != nil {
		return err
	}
	_, err = v6.WriteImportMetadata(afero.NewOsFs(), folder, "lab")
	return err
}

func add(store v6.ReadWriter, provider *v6.Provider, one entry) error {
	vulnerability := &v6.VulnerabilityHandle{
		Name:     one.id,
		Status:   v6.VulnerabilityActive,
		Provider: provider,
		BlobValue: &v6.VulnerabilityBlob{
			ID:          one.id,
			Description: "An invented hole in " + one.name,
			References:  []v6.Reference{{URL: "https://example.test/" + one.id}},
			Severities:  []v6.Severity{{Scheme: v6.SeveritySchemeCHML, Value: one.severity, Rank: 1}},
		},
	}
	if err := store.AddVulnerabilities(vulnerability); err != nil {
		return err
	}
	fix := &v6.Fix{State: v6.NotFixedStatus}
	if one.fixed != "" {
		fix = &v6.Fix{State: v6.FixedStatus, Version: one.fixed}
	}
	return store.AddAffectedPackages(&v6.AffectedPackageHandle{
		VulnerabilityID: vulnerability.ID,
		Vulnerability:   vulnerability,
		Package:         &v6.Package{Ecosystem: one.ecosystem, Name: one.name},
		BlobValue: &v6.PackageBlob{
			Ranges: []v6.Range{{Version: v6.Version{Type: one.format, Constraint: one.constraint}, Fix: fix}},
		},
	})
}
