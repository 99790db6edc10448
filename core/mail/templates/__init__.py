"""The office's own texts: Markdown files with a few Jinja2 marks, in a sandbox."""
