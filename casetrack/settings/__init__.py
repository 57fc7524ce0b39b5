"""Settings: `development` (the demo and a developer's machine), `test`, and `production`."""
