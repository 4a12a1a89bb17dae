import { RateExceeded, clientOf } from '@balagh/runtime';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  RequestTimeoutException,
} from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Observable, finalize, race } from 'rxjs';
import { announcedBytes, isMultipart } from './upload-request';

/** Uploads, and the bytes that they announce: files are held in memory while they are inspected and stored. */
interface Room {
  readonly uploads: number;
  readonly bytes: number;
}

const mebibyte = 1024 * 1024;
const roomOfAll: Room = { uploads: 24, bytes: 160 * mebibyte };
/** Half: the many who share an address of their carrier are not held back, and none of them keeps everybody else out. */
const roomOfOne: Room = { uploads: 12, bytes: 80 * mebibyte };
const againAfterSeconds = 2;

/** An upload may be slow for so long, in milliseconds; from then on it is looked at once a second. */
const patienceMs = 10_000;
const lookMs = 1_000;
/** Bytes a second, on average since its beginning: less is no connection that would ever bring a photo. */
const leastSpeed = 8_000;

/** Lets in what there is room for; the others are asked to come back. An upload that hardly moves loses its place. */
@Injectable()
export class UploadSlots implements NestInterceptor {
  private taken: Room = { uploads: 0, bytes: 0 };
  private readonly takenBy = new Map<string, Room>();

  /** @throws RateExceeded, RequestTimeoutException (408) */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (!isMultipart(context)) return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const give = this.take(clientOf(request.ip), announcedBytes(context));
    return race(next.handle(), tooSlow(request, http.getResponse<Response>())).pipe(finalize(give));
  }

  /** Answers with what gives the room back. */
  private take(client: string, bytes: number): () => void {
    const taken = added(this.taken, 1, bytes);
    const byClient = added(this.takenBy.get(client), 1, bytes);
    if (!fits(taken, roomOfAll) || !fits(byClient, roomOfOne)) throw new RateExceeded(againAfterSeconds);
    this.taken = taken;
    this.takenBy.set(client, byClient);
    return () => {
      this.taken = added(this.taken, -1, -bytes);
      const rest = added(this.takenBy.get(client), -1, -bytes);
      if (rest.uploads === 0) this.takenBy.delete(client);
      else this.takenBy.set(client, rest);
    };
  }
}

function added(room: Room | undefined, uploads: number, bytes: number): Room {
  return { uploads: (room?.uploads ?? 0) + uploads, bytes: (room?.bytes ?? 0) + bytes };
}

function fits(taken: Room, room: Room): boolean {
  return taken.uploads <= room.uploads && taken.bytes <= room.bytes;
}

/** Fails when the upload has not arrived and is slower than it must be; the connection ends with the answer. Says nothing otherwise. */
function tooSlow(request: Request, response: Response): Observable<never> {
  return new Observable<never>((subscriber) => {
    const { socket } = request;
    const [before, began] = [socket.bytesRead, performance.now()];
    const look = (): void => {
      const ms = performance.now() - began;
      if (request.complete || ms < patienceMs) return;
      if (((socket.bytesRead - before) / ms) * 1_000 >= leastSpeed) return;
      response.setHeader('connection', 'close');
      subscriber.error(new RequestTimeoutException());
    };
    const timer = setInterval(look, lookMs).unref();
    return () => clearInterval(timer);
  });
}
