"""What happens to the inventory (棚卸の出来事): names of the events other domains may wait for.

Events are about ("inventory_row", 手続ID) for one row, else about ("inventory_act", the act's id) with the number of rows.
Refs: section, channel. Never a name of a member of staff or a text of a section.
"""

IMPORTED = "inventory.imported"
CONFIRMED = "inventory.confirmed"
ASSIGNED = "inventory.assigned"
