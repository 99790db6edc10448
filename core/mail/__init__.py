"""One email as bytes: MIME, HTML, preview, templates, and the look-up of mail servers."""
