"""Categories of goals over HTTP."""

from app.auth.roles import OWN
from app.web.blueprints import Blueprint
from app.web.operations import Operations, view_of
from app.workspace import categories
from app.workspace.schemas import categories as schemas

blp = Blueprint("categories", __name__, url_prefix="/api/v1/categories", description="Categories of goals")
operation = Operations(blp, OWN, sessions=True)

operation("GET", "", gives=schemas.CategoryOut(many=True))(
    view_of(categories.list_all, "List the categories: those that everybody has, then my own by name")
)
operation("POST", "", takes=schemas.CategoryIn, gives=schemas.CategoryOut, status=201)(
    view_of(categories.create, "Make a category of my own")
)
operation("GET", "/<category_id>", gives=schemas.CategoryOut)(view_of(categories.find, "Get a category"))
operation("PUT PATCH", "/<category_id>", takes=schemas.CategoryChangeIn, gives=schemas.CategoryOut)(
    view_of(categories.update, "Change a category of my own", "The goals of one that is renamed stay in it.")
)
operation("DELETE", "/<category_id>", fails=(400,), gives=schemas.CategoryDeletionOut)(
    view_of(categories.remove, "Delete a category of my own", "Its goals go to the category `other`.")
)
