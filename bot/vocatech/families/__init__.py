"""The seven families of Vocatech's API, one file each, as far as they are known.

The marks say how surely: documented by Vocatech, observed on a live account, or assumed.
"""
