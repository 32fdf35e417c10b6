"""The outbox: claims what is due, hands it to WhatsApp in order, and writes down what became of it.

``pump.run`` is the loop; ``claim`` takes work with a lease, ``hand_over`` does the HTTP, ``settle`` writes outcomes.
"""
