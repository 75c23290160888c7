"""What the audit of data finds: planted faults, and alarms on data as it is."""
