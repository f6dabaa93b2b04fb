"""What every request shares in this process: instances only, bound to their settings in ``create_app``."""

from flask_cors import CORS
from flask_migrate import Migrate
from flask_smorest import Api

from app.database import Database
from app.events.broker import Broker

db = Database()
broker = Broker()
migrate = Migrate()
api = Api()
cors = CORS()
