"""The domain of Zeren (责任): who answers for what, on which day, and where the chain is broken."""
