"""Code lists are the ministry's, the same for everybody; loaded by the operator."""

from csdl.codes.models import CodeValue, Commune, District, Grade
from csdl.lib.gate import declare_open

for model in (CodeValue, Commune, District, Grade):
    declare_open(model, because="published code lists")
