"""The page: typesetting, templates, figures and PDF; it shows what the rooms below have computed."""
