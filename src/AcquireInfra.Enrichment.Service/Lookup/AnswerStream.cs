namespace AcquireInfra.Enrichment.Service.Lookup;

/// <summary>
/// The body of a long answer, written in slices, so that one can tell a reader who is slow from one who has stopped: the web server times
/// only what it begins to write, and not while the sender of a stream may still be at it.
/// </summary>
internal sealed class AnswerStream(Stream body, TimeProvider time) : Stream
{
    const int SliceBytes = 32 * 1024;

    long _lastSliceAt = time.GetTimestamp();

    /// <summary>Since a slice was last taken.</summary>
    public TimeSpan Standstill => time.GetElapsedTime(Volatile.Read(ref _lastSliceAt));

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var slice = buffer[..Math.Min(SliceBytes, buffer.Length)];
            await body.WriteAsync(slice, cancellationToken);
            Volatile.Write(ref _lastSliceAt, time.GetTimestamp());
            buffer = buffer[slice.Length..];
        }
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
