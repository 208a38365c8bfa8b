enum PlaceholderLedgerSchema {}
