"""What the catalogue tells the rooms above."""

from django.dispatch import Signal

# A service as a whole changed without a publication: its life cycle. Sent with `service`, inside the transaction.
service_changed = Signal()
